/** How a pack comes about and what it rests on, for people who were not there. */
export const METHOD: readonly string[] = [
  'Sallyport stands in front of apps and forwards nothing of a session before a second factor was proven. Whatever it decides, and whatever administrators do, goes on record in the same transaction.',
  'The record is a transparency log: each entry is a leaf of a Merkle tree (RFC 9162), whose head is signed. An entry that is altered, taken out, put in or moved gives another head.',
  'Every statement of this report is reckoned from entries that are in entries.ndjson, by rules that stand in the verifiers; each names the entries on which it rests. Whoever runs a verifier reckons all of them again.',
  'enrolled: has an authenticator, or recovery codes, in use. waiting: has none and an open link by which it may enrol. none: has neither. An account that is waiting, none or disabled cannot get in, whatever its password. Whether what an account has is enough for a certain app stands in the table of each account at each app, at the end of the range; what the ways into an app take besides, in the table of ways.',
  'A factor is used when somebody signs in or confirms by it. The last such entry of each is shown; that it was enrolled is no use.',
  'Accounts are counted as they stood at the end of each day, UTC; exemptions and findings count on each day that they touch.',
];

/** What nobody should take a pack for. */
export const LIMITS: readonly string[] = [
  'What is proven is that the record says so and was not rewritten. What is not on record is not in it.',
  'An entry that is not shown could change a statement. A pack of everything shows all decisions; one of an organisation, or one with names hidden, shows what its reader may see. That the rest are not decisions is said by whoever made it.',
  'That something was last used at a moment means: of the sign-ins that are shown. They are kept for less long than decisions, and a later one could be among the entries that are not shown.',
  'Where names or groups decide who may use an app, and this pack does not show them, its cells are unknown: not-shown. Paths are numbers there.',
  'The clock is that of the operator. A head that somebody else holds, or a witness signed, proves when at the latest an entry was there.',
  'A key that comes with the pack proves nothing about who made it: get it another way, and keep a head of before.',
  'Findings from outside say what was tried, at the time of trying. Between two of them nobody looked.',
  'The PDF and the texts of the report are signed with the rest, but no program can read whether their words are right: figures are checked in report.html and in the tables.',
  'Systems that do not stand behind Sallyport are not spoken of.',
];

export const README = (verify: string) => `An evidence pack of Sallyport
=============================

report.pdf, report.html   read this first
tables/                   every statement, for a spreadsheet
statements.ndjson         the same for programs, each with the entries on which it rests
entries.ndjson            the entries that are shown; nodes.ndjson is the rest of the tree
checkpoint.txt            the signed head of the record; checkpoints.ndjson has older ones, with proofs
documents/                configurations that were in force, by the SHA-256 that entries name them by
rosters/                  lists of accounts that apps had, each name with a salt; of names that were erased a commitment is left
sbom.json                 what the program that made the pack is made of (CycloneDX);
                          tables/software.csv says what was in force, and when
manifest.json             lists every file with its SHA-256; manifest.note is the signature over it

To verify it, without network, choose one:

  verifier.html           open it in a browser and drop the pack on it
  python3 verify.py FILE  needs Python 3.8 or newer, and nothing else
  ${verify}

A verifier that came with the pack is as trustworthy as the pack: get one from elsewhere if you can, and the key of
the log in any case. Without a key of your own you learn that the pack fits together, and not whose it is.
`;
