/** The URLs that Graph is given. Either takes both kinds of notification. */
export interface NotificationUrls {
  notificationUrl: string;
  lifecycleNotificationUrl: string;
}

/** @param publicUrl base, with or without a trailing slash */
export function notificationUrls(publicUrl: string): NotificationUrls {
  const base = publicUrl.replace(/\/+$/, '');
  return {
    notificationUrl: `${base}/graph/notifications`,
    lifecycleNotificationUrl: `${base}/graph/lifecycle`,
  };
}
