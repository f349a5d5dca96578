import type { NoticeWords } from './words.ts';

export const cy: NoticeWords = {
  greeting: 'Helo,',
  subject: {
    'authenticator-added': 'Ychwanegwyd dull mewngofnodi at eich cyfrif',
    'authenticator-removed': 'Tynnwyd dull mewngofnodi oddi ar eich cyfrif',
    'authenticator-disabled': 'Rhwystrwyd dull mewngofnodi ar eich cyfrif',
    'passkey-copied': 'Efallai fod cyfrinallwedd eich cyfrif wedi ei chopïo',
    'recovery-codes-replaced': 'Codau adfer newydd ar gyfer eich cyfrif',
    'recovery-code-used': 'Defnyddiwyd un o godau adfer eich cyfrif',
    'password-changed': 'Newidiwyd cyfrinair eich cyfrif',
    'ticket-issued': 'Crëwyd dolen gofrestru ar gyfer eich cyfrif',
    'ticket-used': 'Defnyddiwyd dolen gofrestru eich cyfrif',
    'email-changed': 'Newidiwyd cyfeiriad e-bost eich cyfrif',
    'account-disabled': 'Analluogwyd eich cyfrif',
  },
  happened: {
    'authenticator-added': 'Ychwanegwyd dull mewngofnodi newydd at eich cyfrif.',
    'authenticator-removed': "Tynnwyd dull mewngofnodi oddi ar eich cyfrif. Nid yw'n gweithio mwyach.",
    'authenticator-disabled':
      'Rhwystrwyd dull mewngofnodi ar eich cyfrif, am fod gormod o godau anghywir wedi eu rhoi.',
    'passkey-copied':
      'Gwrthodwyd cyfrinallwedd eich cyfrif, oherwydd efallai ei bod wedi ei chopïo. Tynnwch hi ar dudalen eich cyfrif a chrëwch un newydd.',
    'recovery-codes-replaced': "Crëwyd codau adfer newydd ar gyfer eich cyfrif. Nid yw'r hen rai'n gweithio mwyach.",
    'recovery-code-used': "Defnyddiwyd cod adfer i fewngofnodi i'ch cyfrif. Ni ellir defnyddio'r cod hwnnw eto.",
    'password-changed': 'Newidiwyd cyfrinair eich cyfrif.',
    'ticket-issued':
      "Creodd gweinyddwr ddolen gofrestru ar gyfer eich cyfrif. Gall pwy bynnag sydd â'r ddolen ychwanegu dull mewngofnodi.",
    'ticket-used': 'Defnyddiwyd y ddolen gofrestru a grëwyd ar gyfer eich cyfrif.',
    'email-changed':
      "Newidiodd neu dynnodd gweinyddwr gyfeiriad e-bost eich cyfrif. O hyn ymlaen, ni fydd negeseuon am eich cyfrif yn dod i'r cyfeiriad hwn.",
    'account-disabled': 'Analluogodd gweinyddwr eich cyfrif. Mae wedi ei allgofnodi ym mhobman.',
  },
  resets: "Gellir dewis cyfrinair newydd gyda'r ddolen hon hefyd.",
  facts: {
    label: 'Dull mewngofnodi',
    portal: 'Safle',
    when: 'Pryd',
    source: 'Cyfeiriad rhwydwaith',
    by: 'Gwnaed gan',
  },
  administrator: 'gweinyddwr',
  remedy: {
    owner: {
      fine: 'Os chi wnaeth hyn, nid oes angen i chi wneud dim.',
      otherwise: 'Os nad chi wnaeth hyn:',
    },
    administrator: {
      fine: 'Os gwnaethoch ofyn am hyn neu ei ddisgwyl, nid oes angen i chi wneud dim.',
      otherwise: 'Os na wnaethoch:',
    },
    guessed: {
      fine: 'Os chi wnaeth hyn, mewngofnodwch mewn ffordd arall, neu gofynnwch am help.',
      otherwise: 'Os nad chi wnaeth hyn, efallai fod rhywun yn gwybod eich cyfrinair:',
    },
    closed: {
      fine: 'Os oeddech yn disgwyl hyn, nid oes angen i chi wneud dim.',
      otherwise: 'Os nad oeddech:',
    },
  },
  steps: {
    open: 'Agorwch y dudalen hon ac allgofnodwch ym mhobman:',
    openUnnamed: 'Agorwch dudalen eich cyfrif ac allgofnodwch ym mhobman.',
    contact: 'Cysylltwch â ni:',
    contactUnnamed: "Cysylltwch â'ch gweinyddwr.",
  },
  footer: 'Anfonwyd y neges hon yn awtomatig. Ni fyddwn byth yn gofyn am gyfrinair na chod drwy e-bost.',
};
