// A camera in a form: <form data-camera> with a viewfinder, buttons and a file field. What is taken is put into the file
// field, so that the form is the same with and without a camera, and with and without script.

const JPEG_QUALITY = 0.9;

// `framing(video)`, where given, is called once the camera is on and returns a function that ends it.
export function wire(form, { afterTake, framing = () => () => {}, changed = () => {} }) {
  const part = (name) => form.querySelector(`[data-${name}]`);
  const [finder, video, preview] = ["viewfinder", "video", "preview"].map(part);
  const [start, take, stop, file, said] = ["start", "take", "stop", "file", "said"].map(part);
  const maxSide = Number(form.dataset.maxSide);
  const quality = Number(form.dataset.quality) || JPEG_QUALITY;
  let stream = null;
  let endFraming = () => {};
  let shrinking = null;

  const say = (key) => { if (said) said.textContent = form.dataset[key] ?? ""; };

  async function on() {
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: false,
        video: { facingMode: form.dataset.facing, width: { ideal: 1920 }, height: { ideal: 1440 } },
      });
    } catch {
      refused();
      return;
    }
    video.srcObject = stream;
    await video.play().catch(() => {});
    changed();
    show("video");
    endFraming = framing(video);
    say("textReady");
    take.focus();
  }

  function off() {
    for (const track of stream?.getTracks() ?? []) track.stop();
    stream = null;
    endFraming();
    video.srcObject = null;
    show(preview.src ? "preview" : "nothing");
  }

  // The camera is missing, taken, or not allowed: the file field is there anyway.
  function refused() {
    say("textDenied");
    said?.classList.remove("visually-hidden");
    form.querySelector("[data-with-camera]").hidden = true;
    const fold = form.querySelector("[data-fallback]");
    if (fold) fold.open = true;
    file.focus();
  }

  function show(what) {
    finder.hidden = what === "nothing";
    video.hidden = what !== "video";
    preview.hidden = what !== "preview";
    start.hidden = what === "video";
    take.hidden = stop.hidden = what !== "video";
  }

  function picture(blob) {
    if (preview.src) URL.revokeObjectURL(preview.src);
    preview.src = URL.createObjectURL(blob);
    changed();
    show("preview");
  }

  start.addEventListener("click", on);
  stop.addEventListener("click", off);
  take.addEventListener("click", async () => {
    if (!video.videoWidth) await new Promise((seen) => video.addEventListener("loadeddata", seen, { once: true }));
    const blob = await drawn(video, video.videoWidth, video.videoHeight, maxSide, quality);
    put(file, blob);
    say("textTaken");
    afterTake(blob, { picture, off });
  });
  file.addEventListener("change", async () => {
    const chosen = file.files[0];
    if (!chosen) return;
    shrinking = shrunk(chosen, maxSide, quality);
    const small = await shrinking;
    shrinking = null;
    if (small === chosen || file.files[0] !== chosen) return; // no picture that this browser knows: the server says why
    put(file, small);
    off();
    picture(small);
  });
  // Who is quicker than the shrinking waits for it.
  document.addEventListener(
    "submit",
    (event) => {
      if (event.target !== form || !shrinking) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const button = event.submitter;
      shrinking.then(() => setTimeout(() => form.requestSubmit(button?.isConnected ? button : null)));
    },
    true,
  );
  window.addEventListener("pagehide", () => stream && off());

  if (navigator.mediaDevices?.getUserMedia) form.querySelector("[data-with-camera]").hidden = false;
  else form.querySelector("[data-fallback]")?.setAttribute("open", "");
}

// The picture with its longer side at most `maxSide` pixels, upright, as JPEG; the file itself if it cannot be read.
async function shrunk(file, maxSide, quality) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return file;
  }
  const blob = await drawn(bitmap, bitmap.width, bitmap.height, maxSide, quality);
  bitmap.close();
  return blob ?? file;
}

function drawn(source, width, height, maxSide, quality) {
  const scale = Math.min(1, maxSide / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  canvas.getContext("2d").drawImage(source, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
}

function put(field, blob) {
  const box = new DataTransfer();
  box.items.add(new File([blob], "photo.jpg", { type: "image/jpeg" }));
  field.files = box.files;
}
