/** Load the page again when its one-time codes run out, unless a mail is being read. */

const code = document.querySelector("[data-expires]");
if (code) setTimeout(reload, (Number(code.dataset.expires) + 1) * 1000);

function reload() {
  if (document.querySelector("details[open]")) setTimeout(reload, 5000);
  else location.reload();
}
