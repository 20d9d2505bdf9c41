import { createHash } from 'node:crypto';
import { guidFrom } from './seeded-random.ts';

/*
 * The office: Marlow Instruments makes surveying instruments and repairs them. Its people and the people it writes with are
 * invented; every domain is below `.example`, which nobody can own.
 */

export const COMPANY = { name: 'Marlow Instruments', domain: 'marlow-instruments.example', city: 'Bristol' };

/** Somebody with a mailbox in the tenant. `id` is Graph's. */
export interface OfficePerson {
  id: string;
  displayName: string;
  givenName: string;
  surname: string;
  userPrincipalName: string;
  jobTitle: string;
  department: string;
  officeLocation: string;
  extension: string;
}

/** Somebody outside, who only writes. */
export interface Correspondent {
  displayName: string;
  address: string;
  company: string;
}

const STAFF: readonly (readonly [
  given: string,
  surname: string,
  title: string,
  department: string,
  room: string,
])[] = [
  ['Ingrid', 'Solheim', 'Managing Director', 'Management', '3.01'],
  ['Tobias', 'Brandt', 'Head of Engineering', 'Engineering', '2.14'],
  ['Priya', 'Raman', 'Optics Engineer', 'Engineering', '2.12'],
  ['Owen', 'Hargreaves', 'Firmware Engineer', 'Engineering', '2.11'],
  ['Lucía', 'Ferrer', 'Head of Sales', 'Sales', '1.20'],
  ['Daniel', 'Okafor', 'Account Manager', 'Sales', '1.18'],
  ['Mei', 'Tanaka', 'Account Manager, Asia', 'Sales', '1.17'],
  ['Ruth', 'Ashworth', 'Finance Director', 'Finance', '3.04'],
  ['Piotr', 'Zieliński', 'Accounts Payable', 'Finance', '3.06'],
  ['Hanna', 'Lindqvist', 'People Partner', 'People', '1.05'],
  ['Samuel', 'Adeyemi', 'Service Desk Lead', 'Service', '0.08'],
  ['Claire', 'Moreau', 'Calibration Technician', 'Service', '0.03'],
];

export const PEOPLE: readonly OfficePerson[] = STAFF.map(
  ([givenName, surname, jobTitle, department, room], index) => {
    const userPrincipalName = `${plain(givenName)}.${plain(surname)}@${COMPANY.domain}`;
    return {
      id: guidFrom(createHash('sha256').update(userPrincipalName).digest()),
      displayName: `${givenName} ${surname}`,
      givenName,
      surname,
      userPrincipalName,
      jobTitle,
      department,
      officeLocation: room,
      extension: String(4201 + index),
    };
  },
);

export const CORRESPONDENTS: readonly Correspondent[] = [
  { displayName: 'Gareth Pugh', address: 'g.pugh@severn-surveys.example', company: 'Severn Surveys' },
  { displayName: 'Anneke de Vries', address: 'a.devries@polderwerk.example', company: 'Polderwerk' },
  { displayName: 'Marcus Feld', address: 'm.feld@feld-optik.example', company: 'Feld Optik' },
  { displayName: 'Yusuf Demir', address: 'y.demir@anadolu-harita.example', company: 'Anadolu Harita' },
  {
    displayName: 'Karen Whitlock',
    address: 'k.whitlock@harbourfreight.example',
    company: 'Harbour Freight Lines',
  },
  { displayName: 'Rosalind Eke', address: 'r.eke@eke-partners.example', company: 'Eke & Partners' },
  {
    displayName: 'Tomás Herrera',
    address: 't.herrera@andes-topografia.example',
    company: 'Andes Topografía',
  },
];

/** Letters as they stand in an address. */
function plain(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll(/[^A-Za-z]/g, '')
    .toLowerCase();
}
