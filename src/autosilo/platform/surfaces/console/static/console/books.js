/** The books of a tower: its drawing, in which a bay is chosen; the select beside it does the same for keyboards. */

const host = document.getElementById("drawing");
const select = document.getElementById("place");
const geometry = data("geometry");

if (geometry.lifts?.length) {
  const { TowerView } = await import(host.dataset.module);
  const view = new TowerView(host, geometry, { paints: data("paints"), label: host.dataset.label, scene: false });
  host.classList.add("tower-still");
  view.update(data("frame"));
  for (const rack of view.racks.values())
    for (const [place, { cell }] of rack.bays) {
      cell.dataset.place = place;
      cell.addEventListener("click", () => choose(place));
    }
}

select.addEventListener("change", () => choose(select.value));
select.form.addEventListener("submit", (event) => {
  event.preventDefault();
  choose(select.value);
});

async function choose(place) {
  if (!place) return;
  select.value = place;
  for (const one of host.querySelectorAll(".tw-chosen")) one.classList.remove("tw-chosen");
  host.querySelector(`[data-place="${CSS.escape(place)}"]`)?.classList.add("tw-chosen");
  const address = select.dataset.bayUrl.replace("PLACE", encodeURIComponent(place));
  await htmx.ajax("GET", address, { target: "#bay", swap: "innerHTML" });
  document.getElementById("bay").scrollIntoView({ block: "nearest" });
}

function data(id) {
  return JSON.parse(document.getElementById(id).textContent);
}
