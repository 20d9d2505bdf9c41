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

/** Whether Graph posts to where this hub is. An answer of Graph's without an address says nothing against it. */
export function postsHere(notificationUrl: string, publicUrl: string): boolean {
  const [there, here] = [notificationUrl, notificationUrls(publicUrl).notificationUrl].map((url) =>
    URL.parse(url),
  );
  return there === null || there?.href === here?.href;
}
