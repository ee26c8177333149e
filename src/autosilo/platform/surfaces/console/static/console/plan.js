/** The planning page: each slider's number follows it; choosing another site shows it at once. */

for (const slider of document.querySelectorAll(".plan-slider input")) {
  const output = document.querySelector(`output[for="${slider.id}"]`);
  slider.addEventListener("input", () => { output.value = slider.value; });
}

const site = document.getElementById("f-site");
site?.addEventListener("change", () => site.form.requestSubmit());
