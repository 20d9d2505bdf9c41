/** The tenant and the app registration of the local office: the same on every machine, so that they can be recognised. */
export const LOCAL_TENANT_ID = '6f3a1c52-0d7e-4b7c-9a41-5e2f8c90b7d1';
export const LOCAL_CLIENT_ID = 'b81d64f0-3c2a-4e59-8f06-1a7d92e4c350';
