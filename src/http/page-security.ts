import fastifyHelmet from '@fastify/helmet';
import type { App } from './typed-app.ts';

export interface PageSecurity {
  /** Base of this hub's own address. */
  publicUrl: string;
  /** Origins the dashboard connects to beside this hub. */
  realtimeOrigins: readonly string[];
}

/** Security headers for whatever a browser may be shown. The dashboard loads nothing from elsewhere; Fluent UI writes styles. */
export async function securePages(app: App, { publicUrl, realtimeOrigins }: PageSecurity): Promise<void> {
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        connectSrc: ["'self'", ...realtimeOrigins],
        imgSrc: ["'self'", 'data:'],
        styleSrc: ["'self'", "'unsafe-inline'"],
        scriptSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: publicUrl.startsWith('https:'),
    xFrameOptions: { action: 'deny' },
  });
}
