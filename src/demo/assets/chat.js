// The live chat. What people write is put on the page as text, never as HTML.
const list = document.getElementById('said');
const form = document.getElementById('say');
const state = document.getElementById('chat-state');
const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
let socket;

function show({ who, at, text }) {
  const line = document.createElement('li');
  const meta = document.createElement('span');
  meta.className = 'meta';
  meta.textContent = `${at.slice(11, 19)} ${who}`;
  line.append(meta, ` ${text}`);
  list.append(line);
  line.scrollIntoView({ block: 'nearest' });
}

function connect(wait) {
  socket = new WebSocket(`${scheme}//${location.host}/chat/socket`);
  socket.addEventListener('open', () => {
    state.textContent = 'Live.';
    wait = 1000;
  });
  socket.addEventListener('message', (event) => show(JSON.parse(event.data)));
  socket.addEventListener('close', () => {
    state.textContent = 'Not connected. Your messages are sent as a form.';
    setTimeout(() => connect(Math.min(wait * 2, 30_000)), wait);
  });
}

form.addEventListener('submit', (event) => {
  if (socket.readyState !== WebSocket.OPEN) return; // the form goes the old way
  event.preventDefault();
  socket.send(form.elements.text.value);
  form.reset();
});

connect(1000);
