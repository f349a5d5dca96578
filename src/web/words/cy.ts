import type { Words } from './shape.ts';

/**
 * Everything that our pages say, in Welsh. The person is `chi`. A passkey is `cyfrinallwedd` (feminine), as in the Welsh
 * Firefox; where people choose one, the English word stands beside it, since that is what their device calls it.
 */
export const cy: Words = {
  language: 'cy',
  locale: 'cy-GB',
  dir: 'ltr',

  common: {
    continue: 'Parhau',
    confirm: 'Cadarnhau',
    signIn: 'Mewngofnodi',
    optional: '(dewisol)',
    account: 'Cyfrif',
    toPortal: 'Mynd i’r porth',
    toAccount: 'Eich cyfrif',
    needHelp: 'Angen help?',
    language: 'Iaith',
    step: (n, of) => `Cam ${n} o ${of}`,
    between: ' · ',
    newTab: '(yn agor tab newydd)',
  },

  field: {
    account: 'Enw’r cyfrif',
    password: 'Cyfrinair',
    newPassword: 'Cyfrinair newydd',
    samePassword: 'Yr un cyfrinair eto',
    showPassword: 'Dangos y cyfrinair',
    hidePassword: 'Cuddio’r cyfrinair',
    code: 'Cod 6 digid',
    recoveryCode: 'Cod adfer',
    recoveryCodeHint:
      'Pedwar grŵp, a phedair llythyren neu ddigid ym mhob un. Nid oes gwahaniaeth rhwng priflythrennau a llythrennau bach.',
    name: 'Enw',
  },

  signIn: {
    title: 'Mewngofnodi',
    leadLocal: 'Rhowch enw eich cyfrif a’ch cyfrinair. Bydd y cam nesaf yn gofyn am eich cyfrinallwedd neu am god.',
    leadLocalCodes: 'Rhowch enw eich cyfrif a’ch cyfrinair. Bydd y cam nesaf yn gofyn am god o’ch ap dilysu.',
    leadApp:
      'Cadarnhewch yma’n gyntaf eich bod yn mewngofnodi. Efallai y bydd y porth yn gofyn am eich cyfrinair wedyn.',
    withPasskey: 'Mewngofnodi gyda chyfrinallwedd (passkey)',
    withPasskeyHint: 'Gyda’ch ôl bys, eich wyneb, PIN eich dyfais neu allwedd ddiogelwch. Nid oes angen teipio enw.',
    or: 'neu',
    otherWays: 'Ffyrdd eraill o fewngofnodi',
    useTotp: 'Defnyddio cod o’ch ap dilysu',
    useRecovery: 'Defnyddio cod adfer',
    usePasskey: 'Defnyddio cyfrinallwedd',
    restart: 'Dechrau eto gyda chyfrif arall',
    goBack: 'Mynd yn ôl heb gadarnhau',
    forgot: 'Wedi anghofio eich cyfrinair?',
    forgotLocal:
      'Gofynnwch i’r bobl sy’n rhedeg y porth hwn. Byddant yn gwirio mai chi sydd yno, ac yn anfon dolen atoch i ddewis cyfrinair newydd.',
    forgotApp:
      'Nid oes angen cyfrinair ar y dudalen hon. Y porth ei hun sy’n gofyn amdano wedyn, ac mae ei dudalen fewngofnodi’n dweud beth i’w wneud os ydych wedi ei anghofio. Os nad yw hynny’n helpu, gofynnwch i’r bobl sy’n rhedeg y porth.',
    lost: 'Wedi colli eich dyfais?',
    lostRecovery:
      'Os gwnaethoch gadw codau adfer wrth osod eich dull mewngofnodi, gallwch fewngofnodi gydag un ohonynt: rhowch enw eich cyfrif yn gyntaf, yna dewiswch “Defnyddio cod adfer”.',
    lostRecoveryHere:
      'Os gwnaethoch gadw codau adfer wrth osod eich dull mewngofnodi, gallwch fewngofnodi gydag un ohonynt.',
    lostLink:
      'Dim codau ar ôl? Gofynnwch i’r bobl sy’n rhedeg y porth hwn am ddolen gofrestru newydd. Byddant yn gwirio mai chi sydd yno.',
  },

  totpCode: {
    title: 'Rhowch eich cod',
    titleStepUp: 'Cadarnhewch mai chi sydd yno',
    lead: 'Rhowch y cod 6 digid y mae eich ap dilysu yn ei ddangos nawr.',
    leadStepUp:
      'Mae angen i chi gadarnhau o’r newydd ar gyfer hyn. Rhowch y cod 6 digid y mae eich ap dilysu yn ei ddangos nawr.',
    wrong:
      'Nid oedd y cod hwnnw’n gywir. Rhowch y cod diweddaraf y mae’r ap yn ei ddangos, a gwiriwch fod eich ffôn yn gosod yr amser yn awtomatig.',
    empty: 'Rhowch y cod.',
  },

  recovery: {
    title: 'Defnyddio cod adfer',
    lead: 'Rhowch un o’r codau adfer y gwnaethoch eu cadw wrth osod eich dull mewngofnodi. Mae pob cod yn gweithio unwaith.',
    noneLeft:
      'Dim codau ar ôl? Gofynnwch i’r bobl sy’n rhedeg y porth hwn am ddolen gofrestru newydd. Byddant yn gwirio mai chi sydd yno.',
    wrong:
      'Nid oedd y cod hwnnw’n gywir, neu cafodd ei ddefnyddio o’r blaen: mae pob un yn gweithio unwaith. Gwiriwch ef fesul llythyren, neu defnyddiwch un arall o’ch rhestr.',
  },

  passkey: {
    title: 'Defnyddiwch eich cyfrinallwedd',
    titleStepUp: 'Cadarnhewch mai chi sydd yno',
    lead: 'Bydd eich porwr yn gofyn am eich ôl bys, eich wyneb, PIN eich dyfais neu allwedd ddiogelwch.',
    leadStepUp:
      'Mae angen i chi gadarnhau o’r newydd ar gyfer hyn. Bydd eich porwr yn gofyn am eich ôl bys, eich wyneb, PIN eich dyfais neu allwedd ddiogelwch.',
    titleOnly: 'Mae angen cyfrinallwedd yma',
    leadOnly:
      'Dim ond ar ôl i chi gadarnhau gyda chyfrinallwedd y bydd y rhan hon o’r porth yn agor. Nid yw codau’n ei hagor.',
    atOwn: 'Nid yw cyfrinallweddi’n gweithio yn y cyfeiriad hwn. I ddefnyddio un, agorwch y porth yn:',
    atOther:
      'Mae eich cyfrinallwedd yn gweithio mewn cyfeiriad arall. Mewngofnodwch yno, yna ychwanegwch ffordd o fewngofnodi sy’n gweithio yma hefyd:',
    noneHere: 'Nid oes gennych gyfrinallwedd eto. Ychwanegwch un, yna dewch yn ôl i’r dudalen hon.',
    add: 'Ychwanegu cyfrinallwedd',
    noneYet: 'Nid oes gennych gyfrinallwedd eto? Ychwanegwch un ar dudalen eich cyfrif, yna dewch yn ôl yma.',
    addOne: 'Ychwanegu cyfrinallwedd ar dudalen eich cyfrif',
    noneYetSignIn:
      'Nid oes gennych gyfrinallwedd eto? Mewngofnodwch mewn ffordd arall, yna ychwanegwch un ar dudalen eich cyfrif.',
    button: 'Defnyddio cyfrinallwedd',
    noScript:
      'Mae angen JavaScript ar gyfrinallweddi, ac mae wedi’i ddiffodd yn y porwr hwn. Defnyddiwch ffordd arall o fewngofnodi.',
    noBrowser: 'Ni all y porwr hwn ddefnyddio cyfrinallweddi. Defnyddiwch ffordd arall o fewngofnodi, neu borwr arall.',
    waiting: 'Dilynwch y camau y mae eich porwr yn eu dangos.',
    cancelled: 'Nid oes dim wedi newid: cafodd ei ganslo, neu cymerodd ormod o amser. Rhowch gynnig arall arni.',
    known:
      'Mae cyfrinallwedd ar gyfer eich cyfrif eisoes ar y ddyfais neu’r allwedd ddiogelwch hon. Defnyddiwch ddyfais arall, neu ewch ymlaen hebddi.',
    security: 'Nid yw cyfrinallweddi’n gweithio yn y cyfeiriad hwn. Rhowch wybod i’r bobl sy’n rhedeg y porth hwn.',
    network: 'Nid oedd modd cyrraedd y gweinydd. Gwiriwch eich cysylltiad a rhowch gynnig arall arni.',
    failed: 'Ni weithiodd hynny. Rhowch gynnig arall arni, neu dewiswch ffordd arall.',
    expired: 'Bu’r dudalen hon ar agor am ormod o amser. Llwythwch hi eto.',
  },

  signedOut: {
    title: 'Wedi allgofnodi',
    lead: 'Rydych wedi allgofnodi, ac mae data’r porth hwn wedi’u clirio o’r porwr hwn.',
    again: 'Mewngofnodi eto',
  },

  sessionEnded: {
    title: 'Mae eich sesiwn wedi dod i ben',
    nothingSent: 'Ni anfonwyd dim. Nid yw’r hyn yr ydych newydd ei lenwi wedi cyrraedd y porth.',
    keep: 'I’w anfon wedi’r cyfan:',
    first: 'Mewngofnodwch eto mewn tab newydd.',
    firstButton: 'Mewngofnodi eto',
    second: 'Dewch yn ôl i’r tab hwn a’i ail-lwytho. Bydd y porwr yn gofyn a ddylid anfon y ffurflen eto: cytunwch.',
    here: 'Dim angen yr hyn y gwnaethoch ei lenwi?',
    hereButton: 'Mewngofnodi yma',
  },

  unsent: {
    title: 'Cadarnhewch mai chi sydd yno',
    first: 'Cadarnhewch mewn tab newydd.',
    firstButton: 'Cadarnhau',
    hereButton: 'Cadarnhau yma',
  },

  signInFirst: {
    title: 'Mewngofnodwch',
    first: 'Mewngofnodwch mewn tab newydd.',
    firstButton: 'Mewngofnodi',
    hereButton: 'Mewngofnodi yma',
    orAgain: 'Os nad yw hynny’n gweithio, anfonwch ef eto o’r wefan y daethoch ohoni ar ôl mewngofnodi.',
  },

  onward: {
    title: 'Ymlaen i’r porth',
    lead: 'Mae gwefan arall wedi eich anfon yma gyda gwybodaeth ar gyfer y porth.',
    button: 'Parhau',
  },

  signedIn: {
    title: 'Rydych wedi mewngofnodi',
    lead: 'Bydd y porth yn agor ymhen eiliad.',
  },

  invitation: {
    title: 'Croeso',
    lead: 'Gyda’r ddolen hon byddwch yn gosod sut yr ydych yn mewngofnodi. Mae’n cymryd tua dwy funud.',
    ready:
      'Sicrhewch fod eich ffôn neu’ch allwedd ddiogelwch wrth law. Gallai argraffydd neu reolwr cyfrineiriau fod yn ddefnyddiol hefyd ar gyfer eich codau adfer.',
    start: 'Dechrau',
    notYours: 'Nid eich cyfrif chi? Caewch y dudalen hon a rhowch wybod i bwy bynnag a anfonodd y ddolen atoch.',
  },

  closed: {
    title: 'Ni ellir defnyddio’r ddolen hon',
    lead: 'Mae pob dolen yn gweithio unwaith ac am gyfnod cyfyngedig. Os ydych eisoes wedi gosod eich dull mewngofnodi, mewngofnodwch. Os nad ydych, gofynnwch am ddolen newydd.',
  },

  newPassword: {
    title: 'Dewiswch gyfrinair',
    lead: 'Mae ychydig eiriau na fyddai neb ond chi yn eu rhoi at ei gilydd yn well na chymysgedd byr. Gallwch ddefnyddio unrhyw nodau, gan gynnwys bylchau.',
    hint: 'O leiaf 8 nod; mae 15 neu fwy yn well.',
    differ: 'Nid yw’r ddau gyfrinair yr un fath. Teipiwch nhw eto.',
    empty: 'Llenwch y ddau faes.',
    score0: 'Hawdd iawn ei ddyfalu. Dewiswch un arall.',
    score1: 'Hawdd ei ddyfalu. Byddai rhagor o eiriau yn helpu.',
    score2: 'Gallai fod yn gryfach. Byddai un gair arall yn helpu.',
    score3: 'Da.',
    score4: 'Da iawn.',
    adviceTitle: 'Mae’r cyfrinair hwn yn hawdd ei ddyfalu',
    advice:
      'Cewch ei gadw: byddwch bob amser yn cadarnhau gydag ail gam hefyd. Mae un hirach, gyda geiriau nad ydynt yn perthyn i’w gilydd, yn fwy diogel.',
    adviceAgain: 'Teipiwch y cyfrinair o’ch dewis ddwywaith, a pharhewch.',
    tooShort: 'Dewiswch gyfrinair hirach: o leiaf 8 nod, neu’n well fyth 15 neu fwy.',
    tooLong: 'Mae’r cyfrinair hwnnw’n hirach nag y gellir ei gadw. Dewiswch un byrrach.',
    tooCommon: 'Mae’r cyfrinair hwnnw ymhlith y rhai cyntaf y byddai eraill yn rhoi cynnig arnynt. Dewiswch un arall.',
    containsName: 'Nid yw’r cyfrinair hwnnw fawr mwy na’ch enw chi neu enw’r safle hwn. Dewiswch un arall.',
  },

  oldPassword: {
    title: 'Rhowch eich cyfrinair',
    lead: 'Rhowch y cyfrinair sydd gennych nawr. Bydd yn aros fel y mae.',
    wrong: 'Nid oedd y cyfrinair hwnnw’n gywir. Gwiriwch ef a rhowch gynnig arall arni.',
  },

  ownPassword: {
    title: 'Newid eich cyfrinair',
    text: 'Bydd angen eich cyfrinair presennol arnoch. Bydd ei newid yn eich allgofnodi ym mhobman arall.',
    lead: 'Bydd newid eich cyfrinair yn eich allgofnodi ym mhobman arall.',
    current: 'Cyfrinair presennol',
    button: 'Newid y cyfrinair',
    adviceAgain: 'Teipiwch eich cyfrinair presennol a’r un newydd eto, a pharhewch.',
  },

  recovered: {
    title: 'Rydych wedi defnyddio cod adfer',
    lead: 'Ydych chi wedi colli eich dyfais, neu wedi cael un newydd? Gosodwch hi nawr, fel na fydd angen cod adfer arnoch y tro nesaf.',
    none: 'Hwnnw oedd eich cod olaf. Crëwch rai newydd nawr, fel y gallwch fewngofnodi o hyd os byddwch yn colli eich dyfais.',
    setUp: 'Gosod dyfais newydd',
    lost: 'Os cafodd dyfais ei cholli neu ei dwyn, tynnwch hi:',
  },

  ended: {
    administrator: 'Cawsoch eich allgofnodi gan weinyddwr. Mewngofnodwch eto.',
    elsewhere:
      'Cawsoch eich allgofnodi am fod “allgofnodi ym mhobman” wedi’i ddewis ar dudalen eich cyfrif. Mewngofnodwch eto.',
    password: 'Cawsoch eich allgofnodi am fod eich cyfrinair wedi’i newid. Mewngofnodwch eto gyda’r un newydd.',
    authenticator:
      'Cawsoch eich allgofnodi am fod eich ffordd o fewngofnodi wedi’i thynnu oddi ar eich cyfrif. Mewngofnodwch mewn ffordd arall.',
    enrolled: 'Cawsoch eich allgofnodi am fod eich cyfrif wedi’i osod eto gyda dolen gofrestru. Mewngofnodwch eto.',
    idle: 'Cawsoch eich allgofnodi am nad oeddech wedi gwneud dim ers tro. Mewngofnodwch eto.',
    absolute: 'Cawsoch eich allgofnodi am fod eich sesiwn wedi cyrraedd ei therfyn amser. Mewngofnodwch eto.',
    other: 'Mae eich sesiwn wedi dod i ben. Mewngofnodwch eto.',
  },

  choose: {
    title: 'Dewiswch sut i gadarnhau mai chi sydd yno',
    titleAdding: 'Ychwanegu ffordd o fewngofnodi',
    lead: 'Yn ogystal â’ch cyfrinair neu’ch enw, rydych yn mewngofnodi gyda rhywbeth sydd gennych. Gallwch ychwanegu rhagor o ffyrdd yn nes ymlaen.',
    leadAdding: 'Gydag ail ffordd gallwch fewngofnodi pan nad yw’r gyntaf wrth law.',
    passkey: 'Cyfrinallwedd (passkey)',
    passkeyText:
      'Rydych yn datgloi eich ffôn, eich cyfrifiadur neu’ch allwedd ddiogelwch yn ôl eich arfer. Nid oes dim i’w deipio, ac mae’n ddiogel rhag gwefannau ffug.',
    passkeyButton: 'Creu cyfrinallwedd',
    recommended: 'Argymhellir',
    totp: 'Ap dilysu',
    totpText:
      'Mae ap ar eich ffôn yn dangos cod 6 digid newydd bob 30 eiliad, a byddwch yn ei deipio wrth fewngofnodi.',
    totpButton: 'Gosod ap dilysu',
    passkeyNoScript: 'Ni ellir creu cyfrinallweddi yma, gan fod JavaScript wedi’i ddiffodd yn y porwr hwn.',
    passkeyNoBrowser: 'Ni ellir creu cyfrinallweddi yma, gan nad yw’r porwr hwn yn eu hadnabod.',
    again: 'Dewis ffordd arall',
    cancel: 'Yn ôl i’ch cyfrif',
  },

  moreTime: {
    text: 'Mae gennych 15 munud ar gyfer y cam hwn.',
    button: 'Mae angen mwy o amser arnaf',
    done: 'Mae gennych 15 munud eto.',
    over: 'Nid yw’n bosibl cael mwy o amser bellach. Ewch ymlaen, neu gofynnwch am ddolen newydd.',
  },

  totp: {
    titleStart: 'Gosod ap dilysu',
    titleScan: 'Cysylltu eich ap dilysu',
    open: 'Sicrhewch fod ap dilysu gennych',
    openText: 'Er enghraifft Google Authenticator, Microsoft Authenticator, 2FAS, neu ap cyfrineiriau eich ffôn.',
    add: 'Ychwanegwch y cyfrif hwn ato',
    scan: 'Sganiwch y cod QR hwn gyda’r ap:',
    qrLabel: 'Cod QR ar gyfer eich ap dilysu',
    onPhone:
      'Bydd eich ap dilysu yn agor ac yn ychwanegu’r cyfrif hwn. Os na fydd dim yn digwydd, gosodwch ap yn gyntaf.',
    showQr: 'Dangos y cod QR yn lle hynny',
    handOver: 'Ydy’r ap ar y ddyfais hon? Agorwch ef yn uniongyrchol:',
    handOverButton: 'Agor yn yr ap dilysu',
    type: 'Neu teipiwch yr allwedd hon yn yr ap. Nid oes angen y bylchau.',
    copyKey: 'Copïo’r allwedd',
    copyFailed: 'Ni weithiodd y copïo. Dewiswch yr allwedd a’i chopïo eich hun.',
    enter: 'Rhowch y cod y mae’n ei ddangos',
    nameLabel: 'Enw’r ddyfais hon',
    nameHint: 'Er mwyn i chi ei hadnabod ymhlith eraill yn nes ymlaen, er enghraifft “ffôn gwaith”.',
    startOver: 'Nid yw’n gweithio: dechrau eto gyda chod QR newydd',
  },

  connected: {
    title: 'Mae eich ffordd gyntaf o fewngofnodi yn barod',
    titleTwo: 'Rydych wedi paratoi’n dda',
    totpReady: 'Mae eich ap dilysu wedi’i gysylltu.',
    passkeyReady: 'Mae eich cyfrinallwedd yn barod.',
    urge: 'Ychwanegwch ail ffordd nawr. Os bydd eich dyfais yn mynd ar goll neu’n torri, gallwch fewngofnodi o hyd yn y ffordd arall.',
    addPasskey: 'Ychwanegu cyfrinallwedd hefyd',
    addTotp: 'Ychwanegu ap dilysu hefyd',
    addAnotherPasskey: 'Ychwanegu cyfrinallwedd arall',
    addAnotherTotp: 'Ychwanegu ap dilysu arall',
    codesNext:
      'Nesaf daw eich codau adfer: gallwch fewngofnodi gyda nhw os byddwch wedi colli popeth arall. Dim ond unwaith y byddwch yn eu gweld, felly sicrhewch fod argraffydd, ysgrifbin neu reolwr cyfrineiriau wrth law.',
    toCodes: 'Dangos fy nghodau adfer',
    toCodesOnly: 'Mynd ymlaen gydag un ffordd yn unig',
  },

  added: {
    title: 'Ychwanegwyd',
    totp: 'Mae eich ap dilysu newydd yn gweithio o hyn ymlaen.',
    passkey: 'Mae eich cyfrinallwedd newydd yn gweithio o hyn ymlaen.',
    finish: 'Gorffen',
  },

  codes: {
    title: 'Cadwch eich codau adfer',
    lead: 'Cadwch y codau hyn lle gallwch eu cyrraedd heb eich ffôn: wedi’u hargraffu, neu mewn rheolwr cyfrineiriau. Gallwch fewngofnodi unwaith gyda phob un, yn lle eich cyfrinallwedd neu’ch cod.',
    once: 'Ni fyddant yn cael eu dangos eto.',
    olderEnded: 'Nid yw unrhyw godau adfer hŷn yn gweithio mwyach.',
    copy: 'Copïo',
    copied: 'Wedi’u copïo.',
    copyFailed: 'Ni weithiodd y copïo. Dewiswch y codau a’u copïo eich hun.',
    download: 'Lawrlwytho',
    downloaded: 'Wedi’u cadw ymhlith eich lawrlwythiadau.',
    print: 'Argraffu',
    fileName: 'codau-adfer.txt',
    fileTitle: 'Codau adfer',
    address: 'Cyfeiriad',
    madeAt: 'Crëwyd',
    about:
      'Defnyddiwch un o’r codau hyn i fewngofnodi os nad yw eich cyfrinallwedd neu’ch ap dilysu gennych: rhowch enw eich cyfrif yn gyntaf, yna dewiswch “Defnyddio cod adfer”. Mae pob cod yn gweithio unwaith yn unig. Peidiwch â’u rhannu â neb.',
    goAccount: 'Yn ôl i’ch cyfrif',
    goSignIn: 'Mewngofnodi',
    goApp: 'Parhau i’r porth',
  },

  account: {
    title: 'Eich cyfrif',
    done: {
      password: 'Mae eich cyfrinair wedi’i newid, ac rydych wedi’ch allgofnodi ym mhobman arall.',
      renamed: 'Mae’r enw newydd wedi’i gadw.',
      removed: 'Mae’r ffordd honno o fewngofnodi wedi’i thynnu.',
      added: 'Mae’r ffordd newydd o fewngofnodi wedi’i hychwanegu.',
      ended: 'Mae’r sesiwn hwnnw wedi dod i ben.',
      'ended-others': 'Rydych wedi’ch allgofnodi ym mhobman arall.',
    },
    signedInAt: 'Mewngofnodwyd',
    signedInWith: 'Gyda',
    endsAt: 'Yn dod i ben erbyn',
    back: 'Yn ôl i’r porth',
    methodPassword: 'cyfrinair',
    methodCode: 'cod untro',
    methodRecovery: 'cod adfer',
    methodPasskey: 'cyfrinallwedd',

    authenticators: 'Ffyrdd o fewngofnodi',
    kindTotp: 'Ap dilysu',
    kindPasskey: 'Cyfrinallwedd',
    synced: 'wedi’i chysoni rhwng eich dyfeisiau',
    oneDevice: 'ar un ddyfais',
    switchedOff: 'wedi’i ddiffodd',
    addedAt: 'Ychwanegwyd:',
    lastUsed: 'Defnyddiwyd ddiwethaf:',
    neverUsed: 'dim eto',
    rename: 'Ailenwi',
    renameButton: 'Cadw’r enw',
    remove: 'Tynnu',
    removeText: 'Ni fyddwch yn gallu mewngofnodi ag ef mwyach.',
    removePasskeyText:
      'Ni fyddwch yn gallu mewngofnodi â hi mwyach. Dilëwch hi ar eich dyfais hefyd, fel na fydd yn cael ei chynnig eto.',
    removeButton: 'Tynnu’r ffordd hon',
    lastOne: 'Dyma’r unig ffordd sy’n gweithio i chi, felly ni ellir ei thynnu. Ychwanegwch un arall yn gyntaf.',
    none: 'Nid oes un eto.',
    add: 'Ychwanegu ffordd o fewngofnodi',

    recovery: 'Codau adfer',
    recoveryText: 'Gallwch fewngofnodi gyda nhw os byddwch yn colli eich dyfais.',
    recoveryLeft: (n) => `Codau heb eu defnyddio: ${n}`,
    recoveryLow: 'Dim ond ychydig sydd ar ôl. Crëwch rai newydd mewn da bryd.',
    recoveryNew: 'Creu codau newydd',
    recoveryNewText: 'Bydd eich hen godau yn peidio â gweithio, a bydd y rhai newydd yn cael eu dangos unwaith.',

    sessions: 'Lle’r ydych wedi mewngofnodi',
    thisBrowser: 'y porwr hwn',
    since: 'Ers:',
    lastActive: 'Gweithgarwch diwethaf:',
    place: 'O ble:',
    app: 'Porth:',
    endOne: 'Gorffen y sesiwn hwn',
    signOut: 'Allgofnodi yma',
    endOthers: 'Allgofnodi ym mhobman arall',
    thisComputer: 'y cyfrifiadur hwn',
    privateNetwork: 'rhwydwaith preifat',
    unknownDevice: 'Dyfais anhysbys',
    deviceOn: (browser, system) => `${browser} ar ${system}`,

    activity: 'Gweithgarwch diweddar',
    activityText:
      'Oes rhywbeth yma nad chi a’i gwnaeth? Allgofnodwch ym mhobman arall, a rhowch wybod i’r bobl sy’n rhedeg y porth hwn.',
    noActivity: 'Dim byd eto.',
    byAdministrator: 'gan weinyddwr',
    bySystem: 'yn awtomatig',
  },

  activity: {
    done: {
      'sign-in.begin': 'Dechreuwyd mewngofnodi',
      'sign-in.second': 'Mewngofnodwyd',
      'sign-in.step-up': 'Cadarnhawyd eto mai chi oedd yno',
      'sign-out': 'Allgofnodwyd',
      'enrol.open': 'Agorwyd dolen gofrestru',
      'enrol.password': 'Gosodwyd cyfrinair',
      'enrol.authenticator': 'Ychwanegwyd ffordd o fewngofnodi',
      'enrol.finish': 'Cwblhawyd y cofrestru',
      'ticket.issue': 'Crëwyd dolen gofrestru ar eich cyfer',
      'ticket.revoke': 'Tynnwyd dolen gofrestru yn ôl',
      'account.add': 'Crëwyd y cyfrif',
      'account.disable': 'Diffoddwyd y cyfrif',
      'account.enable': 'Trowyd y cyfrif ymlaen',
      'account.admin': 'Newidiwyd hawliau gweinyddwr',
      'account.set': 'Newidiwyd manylion y cyfrif gan weinyddwr',
      'account.password': 'Newidiwyd y cyfrinair',
      'account.import': 'Trosglwyddwyd y cyfrif o system arall',
      'authenticator.rename': 'Ailenwyd ffordd o fewngofnodi',
      'authenticator.remove': 'Tynnwyd ffordd o fewngofnodi',
      'authenticator.signal': 'Ymddygodd cyfrinallwedd yn anarferol',
      'authenticator.disabled': 'Diffoddwyd ffordd o fewngofnodi ar ôl gormod o godau anghywir',
      'recovery.replace': 'Crëwyd codau adfer newydd',
      'session.open': 'Mewngofnodwyd',
      'session.admit': 'Agorwyd y porth',
      'session.revoke': 'Daeth sesiwn i ben',
      other: 'Newid i’ch cyfrif',
    },
    failed: {
      'sign-in.begin': 'Mewngofnodi a fethodd: cyfrinair anghywir',
      'sign-in.second': 'Mewngofnodi a fethodd: cod neu gyfrinallwedd anghywir',
      'sign-in.step-up': 'Cadarnhad a fethodd',
      'enrol.open': 'Dolen gofrestru na ellid ei defnyddio',
      'enrol.password': 'Cyfrinair na chafodd ei dderbyn wrth gofrestru',
      'enrol.authenticator': 'Ffordd o fewngofnodi na chafodd ei derbyn wrth gofrestru',
      'account.password': 'Gwrthodwyd newid cyfrinair: cyfrinair anghywir',
      'authenticator.signal': 'Gwrthodwyd cyfrinallwedd, gan y gallai fod wedi’i chopïo',
      other: 'Ymgais a fethodd',
    },
  },

  waits: {
    tooMany: (time) => `Gormod o ymgeisiau. Arhoswch am ${time}, yna rhowch gynnig arall arni.`,
    countdown: (time) => `Gormod o ymgeisiau. Gallwch roi cynnig arall arni ymhen ${time}.`,
    over: 'Gallwch roi cynnig arall arni nawr.',
  },

  skew: {
    ahead: (minutes) =>
      `Mae’n ymddangos bod cloc eich ffôn tua ${minutes} yn gyflym. Trowch yr amser awtomatig ymlaen a theipiwch y cod nesaf.`,
    behind: (minutes) =>
      `Mae’n ymddangos bod cloc eich ffôn tua ${minutes} yn araf. Trowch yr amser awtomatig ymlaen a theipiwch y cod nesaf.`,
  },

  refusals: {
    lastAuthenticator: 'Dyma’r ffordd olaf o fewngofnodi sy’n gweithio i chi. Ychwanegwch un arall cyn ei thynnu.',
    tooManyTotp: 'Mae gan eich cyfrif gynifer o apiau dilysu ag a ganiateir. Tynnwch un cyn ychwanegu un arall.',
    tooManyPasskeys: 'Mae gan eich cyfrif gynifer o gyfrinallweddi ag a ganiateir. Tynnwch un cyn ychwanegu un arall.',
    passkeyKnown:
      'Mae’r gyfrinallwedd honno eisoes wedi’i chofrestru. Defnyddiwch ddyfais neu allwedd ddiogelwch arall, neu ewch ymlaen hebddi.',
    emptyFields: 'Llenwch bob maes.',
    decline: 'Nid oedd y manylion hynny’n gywir. Gwiriwch enw eich cyfrif a’ch cyfrinair a rhowch gynnig arall arni.',
  },

  errors: {
    title: 'Ni weithiodd hynny',
    code: 'Gwall:',
    checkAddress: 'Gwiriwch y cyfeiriad, neu gofynnwch i’r bobl sy’n rhedeg y porth hwn.',
    who: {
      signedInAs: 'Wedi mewngofnodi fel',
      ask: 'Os ydych yn meddwl y dylai fod gennych fynediad, gofynnwch i’r bobl sy’n rhedeg y porth hwn.',
      signOut: 'Allgofnodi, neu fewngofnodi gyda chyfrif arall',
    },
    titles: {
      'sign-in-required': 'Mewngofnodwch',
      'step-up-required': 'Cadarnhewch mai chi sydd yno',
      'ticket-invalid': 'Ni ellir defnyddio’r ddolen hon',
      'not-found': 'Ni chafwyd hyd i’r dudalen',
      forbidden: 'Nid oes gennych fynediad',
      'wrong-account': 'Cyfrif arall',
      'credentials-misplaced': 'Defnyddiwch y dudalen fewngofnodi',
      'not-enrolled': 'Mae angen un cam arall',
      'wrong-origin': 'Agorwch y dudalen eto',
      'pending-expired': 'Dechreuwch eto',
      'too-many-attempts': 'Arhoswch ychydig',
      unavailable: 'Ddim ar gael ar hyn o bryd',
      upstream: 'Nid yw’r rhaglen ar gael',
      busy: 'Prysur ar hyn o bryd',
      draining: 'Yn ôl ymhen eiliad',
    },
    messages: {
      'bad-request': 'Nid oedd modd deall y cais.',
      'bad-target': 'Nid yw cyfeiriad y cais ar ffurf a dderbynnir yma.',
      'target-too-long': 'Mae’r cyfeiriad hwn yn hirach nag a dderbynnir yma.',
      'head-too-large':
        'Anfonodd eich porwr fwy gyda’i gais nag a dderbynnir yma. Dilëwch gwcis y safle hwn a rhowch gynnig arall arni.',
      'request-too-slow': 'Cymerodd y cais ormod o amser i gyrraedd. Rhowch gynnig arall arni.',
      'bad-headers': 'Mae penynnau’r cais yn gwrth-ddweud ei gilydd.',
      'bad-body': 'Nid oedd modd darllen y ffurflen. Ewch yn ôl a rhowch gynnig arall arni.',
      'bad-cookie':
        'Anfonodd eich porwr ddau werth ar gyfer yr un cwci. Dilëwch gwcis y safle hwn a rhowch gynnig arall arni.',
      'body-too-large': 'Mae hynny’n fwy nag y mae’r ffurflen hon yn ei dderbyn.',
      'unsupported-media-type': 'Anfonwch ffurflen neu JSON.',
      'sign-in-required': 'Mewngofnodwch.',
      'wrong-credentials': 'Nid oedd hynny’n gywir. Gwiriwch a rhowch gynnig arall arni.',
      'passkey-refused': 'Ni dderbyniwyd y gyfrinallwedd honno. Rhowch gynnig arall arni, neu dewiswch ffordd arall.',
      'code-used': 'Mae’r cod hwnnw eisoes wedi’i ddefnyddio. Arhoswch am yr un nesaf.',
      'pending-expired': 'Cymerodd hyn ormod o amser, neu cafodd ei orffen yn rhywle arall. Dechreuwch eto.',
      'ticket-invalid':
        'Efallai ei bod wedi dod i ben, wedi’i defnyddio eisoes, neu wedi’i theipio’n anghywir. Gofynnwch am un newydd.',
      'step-up-required': 'Cadarnhewch mai chi sydd yno.',
      forbidden: 'Nid oes gan eich cyfrif fynediad at hwn.',
      'wrong-account':
        'Rydych wedi mewngofnodi yma gyda chyfrif arall. Mewngofnodwch i’r rhaglen gyda’r cyfrif a ddangosir isod.',
      'credentials-misplaced':
        'Er eich diogelwch, dim ond ar y dudalen fewngofnodi y derbynnir enw a chyfrinair. Mewngofnodwch yno.',
      'not-enrolled':
        'Roedd eich cyfrinair yn gywir, ond nid oes ail gam mewngofnodi ar eich cyfrif eto. Gofynnwch i’r bobl sy’n rhedeg y porth hwn am ddolen gofrestru. Nid ydych wedi mewngofnodi.',
      'wrong-origin': 'Ni ddaeth y cais o’r safle hwn. Agorwch y dudalen eto a rhowch gynnig arall arni yno.',
      'plain-http': 'Dim ond drwy https y gellir cyrraedd y safle hwn.',
      'not-found': 'Nid oes tudalen o’r fath.',
      'method-not-allowed': 'Nid yw hynny’n bosibl yma.',
      'wrong-host': 'Nid yw’r gweinydd hwn yn gwasanaethu’r enw gwesteiwr hwnnw.',
      'too-many-attempts': 'Gormod o ymgeisiau. Arhoswch ychydig cyn rhoi cynnig arall arni.',
      conflict: 'Newidiwyd hynny yn y cyfamser. Dechreuwch eto.',
      internal: 'Aeth rhywbeth o’i le ar ein hochr ni. Ni newidiwyd dim.',
      'upstream-unreachable':
        'Nid oes modd cyrraedd y rhaglen ar hyn o bryd. Rhowch gynnig arall arni ymhen ychydig funudau.',
      'upstream-invalid': 'Rhoddodd y rhaglen ateb nad oedd modd ei ddeall.',
      'store-unavailable': 'Nid yw’n bosibl mewngofnodi ar hyn o bryd. Rhowch gynnig arall arni ymhen ychydig funudau.',
      'keys-unavailable': 'Nid yw’n bosibl mewngofnodi ar hyn o bryd. Rhowch gynnig arall arni ymhen ychydig funudau.',
      'clock-untrusted': 'Nid yw’n bosibl mewngofnodi ar hyn o bryd. Rhowch gynnig arall arni ymhen ychydig funudau.',
      busy: 'Mae llawer o bobl yn mewngofnodi ar hyn o bryd. Rhowch gynnig arall arni ymhen ychydig eiliadau.',
      draining: 'Mae’r gweinydd yn cael ei ailgychwyn. Rhowch gynnig arall arni ymhen eiliad.',
      'upstream-timeout': 'Cymerodd y rhaglen ormod o amser i ateb. Rhowch gynnig arall arni ymhen ychydig funudau.',
      'config-invalid': 'Nid yw’r ffurfweddiad yn ddilys.',
      'sealed-value-invalid':
        'Nid yw’n bosibl mewngofnodi ar hyn o bryd. Rhowch gynnig arall arni ymhen ychydig funudau.',
      usage: 'Nid oedd modd deall y gorchymyn.',
    },
  },

  warning: {
    title: 'Mae eich sesiwn ar fin dod i ben',
    idle: 'Nid ydych wedi gwneud dim ers tro. Cewch eich allgofnodi ymhen {time} oni bai eich bod yn dewis aros.',
    absolute:
      'Mae eich sesiwn wedi cyrraedd ei hyd hiraf a bydd yn dod i ben ymhen {time}. Cadwch eich gwaith, yna mewngofnodwch eto.',
    titleEnded: 'Mae eich sesiwn wedi dod i ben',
    ended: 'Cadwch neu copïwch yr hyn sydd ei angen arnoch ar y dudalen hon, yna mewngofnodwch eto.',
    stay: 'Aros wedi mewngofnodi',
    signOut: 'Allgofnodi',
    close: 'Cau',
    signIn: 'Mewngofnodi eto',
    failed: 'Ni weithiodd hynny. Gwiriwch eich cysylltiad a rhowch gynnig arall arni.',
  },
};
