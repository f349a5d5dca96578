// The live clock: server-sent events, reconnected by the browser itself.
const shown = document.getElementById('clock');
const state = document.getElementById('clock-state');
const events = new EventSource('/clock/events');
events.addEventListener('open', () => {
  state.textContent = 'Live.';
});
events.addEventListener('error', () => {
  state.textContent = events.readyState === EventSource.CLOSED ? 'Ended. Reload the page.' : 'Connecting again …';
});
events.addEventListener('message', (event) => {
  shown.textContent = event.data;
});
