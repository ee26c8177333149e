/** The books of a tower: its drawing, in which a bay is chosen; the select beside it does the same for keyboards. */

const host = document.getElementById("drawing");
const select = document.getElementById("place");
const blocked = new Set(data("blocked"));
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
      if (blocked.has(place) && !cell.querySelector(".tw-cross")) cross(cell);
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

/** A blocked bay is crossed out. */
function cross(cell) {
  const box = cell.querySelector(".tw-glass");
  const [x, y, w, h] = ["x", "y", "width", "height"].map((name) => Number(box.getAttribute(name)));
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("class", "tw-cross");
  line.setAttribute("d", `M${x + 6} ${y + 6}L${x + w - 6} ${y + h - 6}M${x + w - 6} ${y + 6}L${x + 6} ${y + h - 6}`);
  cell.append(line);
}

function data(id) {
  return JSON.parse(document.getElementById(id).textContent);
}
