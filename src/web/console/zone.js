/** Times in the zone of whoever reads them. Without a script they are in that of the installation, and the page says which. */
(() => {
  const place = document.querySelector('[data-zone]');
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  if (!place || !timeZone || timeZone === place.textContent) return;
  const format = new Intl.DateTimeFormat(place.dataset.locale, { timeZone, dateStyle: 'medium', timeStyle: 'short' });

  function show(part) {
    for (const each of part.querySelectorAll('time .exactly, time.exactly'))
      each.textContent = format.format(new Date(each.closest('time').dateTime));
  }

  show(document);
  place.textContent = timeZone;
  const results = document.getElementById('results');
  // What is fetched later comes as it was sent.
  if (results) new MutationObserver(() => show(results)).observe(results, { childList: true });
})();
