/** Shows the page for a hall while the address has `?present`. The key `p` turns it on and off, Escape off. */
export function followPresent(button: HTMLButtonElement, onChange: () => void): void {
  const show = () => {
    document.documentElement.classList.toggle("present", isOn());
    onChange();
  };
  const set = (on: boolean) => {
    if (on === isOn()) return;
    // The address can be shared, and a reload keeps the mode.
    const url = new URL(location.href);
    url.search = on ? "?present" : "";
    window.history.replaceState(null, "", url);
    show();
  };
  button.addEventListener("click", () => set(true));
  document.addEventListener("keydown", ({ key, ctrlKey, metaKey, altKey, repeat }) => {
    if (ctrlKey || metaKey || altKey || repeat) return;
    if (key === "p") set(!isOn());
    if (key === "Escape") set(false);
  });
  show();
}

function isOn(): boolean {
  return new URLSearchParams(location.search).has("present");
}
