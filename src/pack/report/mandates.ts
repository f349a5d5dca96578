/** How far the words of a mandate were checked by whoever wrote this. */
export type Checked =
  /** Read in the published text. */
  | 'read'
  /** Told by others who have read it. */
  | 'reported'
  /** From memory: to be looked up before anybody relies on it. */
  | 'unchecked';

export const CHECKED_WORDS: Readonly<Record<Checked, string>> = {
  read: 'read in the published text',
  reported: 'as others report it',
  unchecked: 'to be checked in the text before you rely on it',
};

/** What somebody is asked for, what of a pack answers it, and what none does. All of it in our own words: nothing is quoted. */
export interface Mandate {
  readonly by: string;
  readonly asks: string;
  readonly checked: Checked;
  readonly answeredBy: string;
  readonly notCovered: string;
}

export const MANDATES: readonly Mandate[] = [
  {
    by: 'ICO, penalty notice to Advanced (March 2025)',
    asks: 'Every external connection has a second factor; the finding was the lack of complete coverage: accounts and ways in that were left out.',
    checked: 'reported',
    answeredBy:
      'tables/accounts.csv: every account of the record with how it stood, from when until when. tables/coverage.csv: each account at each app at the end, with its factors, their strength and their last use. tables/ways.csv, tables/exemptions.csv and tables/findings.csv: each way in without a second factor, and what was found to answer past Sallyport. tables/days.csv: the same for each day.',
    notCovered:
      'Systems that do not stand behind Sallyport, and accounts that only those know. The other findings of the notice: scanning for vulnerabilities and patches. ICA, HDX and RDP that do not pass through it as HTTP.',
  },
  {
    by: 'NHS England, MFA policy (August 2023)',
    asks: 'A second factor for all remote access and for privileged access to systems hosted elsewhere; exceptions documented, assessed, approved at board level or by delegation, reviewed each year and being removed.',
    checked: 'reported',
    answeredBy:
      'tables/accounts.csv for the accounts; tables/exemptions.csv for exceptions with their reason, owner and end.',
    notCovered:
      'Who is privileged within an app. The assessment of risk, the approval of the board and the plan to remove an exception: Sallyport knows its owner and its end alone.',
  },
  {
    by: 'DSPT (aligned with the CAF: B2.a, B2.c)',
    asks: 'People are identified one by one, and remote and privileged access has a second factor; assessors sample users and documents.',
    checked: 'read',
    answeredBy:
      'tables/accounts.csv as the list to sample from; entries.ndjson as the evidence for each line of it; documents/ for the configurations in force.',
    notCovered: 'The assessment itself. Whether an account is used by one person. Monitoring within the apps.',
  },
  {
    by: 'Cyber Essentials v3.3 (April 2026)',
    asks: 'A second factor for all users and administrators of cloud services wherever there is one, or the assessment fails.',
    checked: 'reported',
    answeredBy:
      'tables/coverage.csv and tables/ways.csv; tables/software.csv and sbom.json for the versions of what runs.',
    notCovered: 'Services that do not stand behind Sallyport; firewalls, devices, malware and updates elsewhere.',
  },
  {
    by: 'PCI DSS 4.0.1, 8.4',
    asks: 'A second factor for administrators without console, for all access to the cardholder data environment, and for remote access that could reach it.',
    checked: 'unchecked',
    answeredBy: 'tables/coverage.csv and tables/ways.csv for the apps that stand behind Sallyport.',
    notCovered:
      'Which apps belong to that environment. Access that does not pass through Sallyport. Samples of single sign-ins: they are in the record, and not in a pack.',
  },
  {
    by: 'PCI DSS 4.0.1, 8.5.1',
    asks: 'It cannot be replayed, nobody can go round it without an exception that is documented, approved and limited in time, it has two different kinds of factor, and all succeed before access.',
    checked: 'reported',
    answeredBy:
      'tables/exemptions.csv: what was let through without, until when and by whom. tables/findings.csv: what strangers were sent, tried on a schedule.',
    notCovered:
      'Approval by management: an owner stands on record, and whoever changed the configuration. Replay: that is shown by the tests of the product.',
  },
  {
    by: 'NIST SP 800-63B-4',
    asks: 'Records of every authenticator with the moments of its life (4.1); two factors at AAL2, one of them offered that resists phishing (2.2).',
    checked: 'read',
    answeredBy:
      'tables/factors.csv: each authenticator with its enrolment, disabling and last use; tables/accounts.csv: kinds in use over time, with the entries on which each line rests.',
    notCovered:
      'A claim of AAL: what a sign-in reaches depends on the route and on what was proven then. Identity proofing (63A). Validation by FIPS 140.',
  },
  {
    by: 'ISO/IEC 27001:2022, Annex A (5.15 to 5.18, 8.5, 8.15)',
    asks: 'Access control, identities, authentication information and access rights over their life; secure authentication; logs that are protected.',
    checked: 'unchecked',
    answeredBy:
      'tables/accounts.csv over the whole range; checkpoint.txt and checkpoints.ndjson: the record of it was not rewritten.',
    notCovered: 'The management system: policies, reviews and their owners. Rights within the apps.',
  },
  {
    by: 'UK GDPR, Article 32',
    asks: 'Measures that fit the risk, and a process for regularly testing how effective they are.',
    checked: 'read',
    answeredBy:
      'tables/findings.csv: each test from outside, how often and what it found. tables/days.csv: that the measure was in force on every day.',
    notCovered:
      'Whether a measure fits the risk: that is for the controller and the processor to judge. Encryption, resilience and restoring of the apps.',
  },
];

/** The page `docs/mandates.md`. */
export function mandatesPage(): string {
  const parts = MANDATES.map(({ by, asks, checked, answeredBy, notCovered }) =>
    [
      `## ${by}`,
      '',
      `**Asks for** (${CHECKED_WORDS[checked]}): ${asks}`,
      '',
      `**Answered by:** ${answeredBy}`,
      '',
      `**Not covered:** ${notCovered}`,
      '',
    ].join('\n'),
  );
  return [
    '# What an evidence pack answers, and what it does not',
    '',
    'This page is made from `src/pack/report/mandates.ts`, as the page of the same name in every report. It is in our own words; how far each was',
    'checked stands beside it. It is no legal advice.',
    '',
    ...parts,
  ].join('\n');
}
