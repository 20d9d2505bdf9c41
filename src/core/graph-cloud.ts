/*
 * The four clouds of Microsoft Graph: https://learn.microsoft.com/graph/deployments
 * Issuers of validation tokens: v1 by the security token service, v2 by the login host.
 */

export const GRAPH_CLOUDS = ['global', 'usgov', 'dod', 'china'] as const;
export type GraphCloud = (typeof GRAPH_CLOUDS)[number];

export interface CloudEndpoints {
  graph: string;
  authority: string;
  tokenService: string;
}

export const CLOUD_ENDPOINTS: Readonly<Record<GraphCloud, CloudEndpoints>> = {
  global: {
    graph: 'https://graph.microsoft.com',
    authority: 'https://login.microsoftonline.com',
    tokenService: 'https://sts.windows.net',
  },
  usgov: {
    graph: 'https://graph.microsoft.us',
    authority: 'https://login.microsoftonline.us',
    tokenService: 'https://sts.windows.net',
  },
  dod: {
    graph: 'https://dod-graph.microsoft.us',
    authority: 'https://login.microsoftonline.us',
    tokenService: 'https://sts.windows.net',
  },
  china: {
    graph: 'https://microsoftgraph.chinacloudapi.cn',
    authority: 'https://login.chinacloudapi.cn',
    tokenService: 'https://sts.chinacloudapi.cn',
  },
};
