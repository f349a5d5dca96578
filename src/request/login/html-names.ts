const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Elements of the HTML standard, those that are obsolete too. */
export const HTML_ELEMENTS = words(`
  a abbr acronym address applet area article aside audio b base basefont bdi bdo big blink blockquote body br button canvas caption
  center cite code col colgroup command content data datalist dd del details dfn dialog dir div dl dt em embed fieldset figcaption
  figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe image img input ins kbd keygen label
  legend li link main map mark marquee menu meta meter nav nobr noframes noscript object ol optgroup option output p param picture
  plaintext pre progress q rp rt ruby s samp script search section select slot small source span strike strong style sub summary
  sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul var video wbr xmp`);

/** Attributes of theirs that could be the name of a field. */
export const HTML_ATTRIBUTES = words(`
  accept action align alt class cols content data dir for form height href id is label lang list max media method min name
  pattern rel rows size span src start step style target title type value width wrap`);
