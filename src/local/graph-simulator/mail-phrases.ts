/*
 * What is written at Marlow Instruments. Slots in braces are filled by `compose-message.ts`; a new kind of mail is a new row.
 */

export interface MailPhrase {
  /** Whether somebody outside writes it. */
  from: 'inside' | 'outside';
  subject: string;
  /** Paragraphs. */
  body: readonly string[];
  importance?: 'high';
  hasAttachments?: true;
}

export const SLOTS: Readonly<Record<string, readonly string[]>> = {
  project: [
    'Tidewater levelling',
    'M5 junction 19',
    'Rotterdam quay wall',
    'Snowdon rack railway',
    'Kemble airfield',
  ],
  product: ['ML-20 level', 'TS-4 total station', 'GT-7 theodolite', 'prism set P3', 'tripod T12'],
  customer: ['Severn Surveys', 'Polderwerk', 'Anadolu Harita', 'Eke & Partners', 'Andes Topografía'],
  amount: ['£1,840.00', '£3,275.50', '£12,900.00', '£640.20', '£27,450.00'],
  number: ['10482', '10517', '10533', '10561', '10590', '10604'],
  day: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'],
  room: ['Meeting room Brunel', 'Meeting room Hersilia', 'the workshop', 'Teams'],
  hour: ['9:30', '10:00', '11:15', '14:00', '15:30'],
};

export const MAIL_PHRASES: readonly MailPhrase[] = [
  {
    from: 'outside',
    subject: 'Quote for two {product}s',
    body: [
      'Could you send us a quote for two of the {product}, with delivery before the end of the month?',
      'The last pair you sent has held its calibration for fourteen months now, so the same again please.',
    ],
  },
  {
    from: 'outside',
    subject: 'Purchase order {number}',
    body: [
      'Please find attached our purchase order {number} over {amount}.',
      'Delivery to the site office, not to the depot.',
    ],
    hasAttachments: true,
  },
  {
    from: 'outside',
    subject: '{product} drifts after an hour in the sun',
    body: [
      'On {project} the {product} moves by about four seconds of arc once it has stood in the sun for an hour.',
      'We have swapped the tripod and seen the same. Is this something for the workshop, or can we adjust it ourselves?',
    ],
    importance: 'high',
  },
  {
    from: 'outside',
    subject: 'Consignment {number} leaves on {day}',
    body: [
      'Your consignment {number} is booked for {day}. Four pallets, insured to {amount}.',
      'The driver needs somebody at the gate.',
    ],
  },
  {
    from: 'outside',
    subject: 'Invoice {number}',
    body: ['Attached is our invoice {number} over {amount}, payable within thirty days.'],
    hasAttachments: true,
  },
  {
    from: 'inside',
    subject: '{project}: where we stand',
    body: [
      'A short note before {day}: the {product} is back from calibration and within tolerance, the second one follows.',
      '{customer} asked again about the report. I would rather send it complete on {day} than half of it now.',
    ],
  },
  {
    from: 'inside',
    subject: 'Calibration report for {customer}',
    body: [
      'The report for the {product} of {customer} is in the shared folder. Two readings at 40 °C are outside, the rest is fine.',
      'Have a look at page 3 before it goes out, please.',
    ],
    hasAttachments: true,
  },
  {
    from: 'inside',
    subject: 'Invoice {number} needs your approval',
    body: [
      'Invoice {number} over {amount} has been waiting since last week. Can you approve it before {day}?',
    ],
    importance: 'high',
  },
  {
    from: 'inside',
    subject: 'Firmware 4.2 for the {product}',
    body: [
      'The release candidate has run over the weekend without a restart. Battery life is up by about six per cent.',
      'I would like Claire to try it on two instruments before {day}.',
    ],
  },
  {
    from: 'inside',
    subject: 'Visit from {customer} on {day}',
    body: [
      '{customer} will be here on {day} from {hour}. We start in {room} and then go down to the workshop.',
      'Lunch is ordered for eight.',
    ],
  },
  {
    from: 'inside',
    subject: 'Holiday over the bank holiday weekend',
    body: [
      'I have entered three days of leave from {day}. Daniel covers for me; the open quotes are on the board.',
    ],
  },
  {
    from: 'inside',
    subject: 'Spare parts for the {product}',
    body: [
      'We are down to five spindles for the {product}. At the rate of last quarter they last until {day} week.',
      'Shall I order forty?',
    ],
  },
  {
    from: 'inside',
    subject: 'Numbers for the quarter',
    body: [
      'Orders are {amount} up on the same time last year, most of it from {customer}.',
      'The sheet is attached; the tab with the forecast is new.',
    ],
    hasAttachments: true,
  },
  {
    from: 'inside',
    subject: 'Fire drill on {day} at {hour}',
    body: ['There will be a fire drill on {day} at {hour}. Please leave by the yard, not through reception.'],
  },
];

export const REPLY_PHRASES: readonly string[] = [
  'Thanks, that works for me.',
  'Agreed. I will let {customer} know.',
  'Could we move this to {day}? I am on site until then.',
  'Done, it is in the shared folder.',
  'Can you give me a rough figure first? {amount} sounds high to me.',
  'I have asked the workshop. They say {day}, {hour} at the earliest.',
  'Fine with me. Let us talk about the rest in {room}.',
  'Sorry for the late answer. Yes, please go ahead.',
];

export const MEETINGS: readonly string[] = [
  '{project}: weekly',
  'Handover {product}',
  'Call with {customer}',
  'Budget review',
  'Calibration backlog',
  'Interview, firmware engineer',
];

export const CATEGORIES: readonly string[] = ['Follow up', 'Customer', 'Workshop', 'Waiting'];
