import { FLASH } from '../theme.ts';

/** A mirror on its tripod, and the flash. */
export function HeliographMark({ size = 24 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" aria-hidden="true" focusable="false">
      <g stroke="currentColor" strokeLinecap="round" strokeWidth="1.6">
        <path d="M9.6 15.6 6 22.2M14.4 15.6l3.6 6.6M12 16.4v5.8" />
        <circle cx="12" cy="9" r="7.2" fill="#123e4d" />
      </g>
      <path
        d="M12 3.4c.5 3.6 2 5.1 5.6 5.6-3.6.5-5.1 2-5.6 5.6-.5-3.6-2-5.1-5.6-5.6 3.6-.5 5.1-2 5.6-5.6Z"
        fill={FLASH}
      />
    </svg>
  );
}
