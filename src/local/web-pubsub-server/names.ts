/** As the service's OpenAPI description has them. Hubs are told apart without regard to case. */
const HUB = /^[A-Za-z][A-Za-z0-9_`,.[\]]{0,127}$/;
const MAX_GROUP_LENGTH = 1024;

export function isHubName(text: string): boolean {
  return HUB.test(text);
}

export function isGroupName(text: string): boolean {
  return text.length <= MAX_GROUP_LENGTH && text.trim() !== '';
}
