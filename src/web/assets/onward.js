/**
 * Sends the form of the page on as soon as it is there; without a script its button does. The methods of the form may be
 * hidden by fields of the same name, so they are taken from where they are defined.
 */
document.addEventListener('DOMContentLoaded', () => {
  const form = document.querySelector('form[data-onward]');
  const button = document.querySelector('button[data-onward-button]');
  if (!form || !button) return;
  let sent = false;
  const once = () => {
    if (sent) return;
    sent = true;
    button.disabled = true;
    HTMLFormElement.prototype.submit.call(form);
  };
  button.addEventListener('click', (event) => {
    event.preventDefault();
    once();
  });
  once();
});
