/**
 * Shows the page for a hall while the address has `?present`. The key `p` turns it on and off, Escape off. A touch screen has
 * buttons for that.
 */
export function followPresent(
  enter: HTMLButtonElement,
  leave: HTMLButtonElement,
  onChange: () => void,
): void {
  let focused: Element | null = null;
  const show = () => {
    document.documentElement.classList.toggle("present", isOn());
    onChange();
  };
  const set = (on: boolean) => {
    if (on === isOn()) return;
    // The controls are hidden meanwhile, and lose the focus.
    if (on) focused = document.activeElement;
    // The address can be shared, and a reload keeps the mode.
    const url = new URL(location.href);
    url.search = searchWith(on);
    window.history.replaceState(null, "", url);
    show();
    if (!on && focused instanceof HTMLElement) focused.focus();
  };
  enter.addEventListener("click", () => set(true));
  leave.addEventListener("click", () => set(false));
  document.addEventListener("keydown", ({ key, ctrlKey, metaKey, altKey, repeat }) => {
    if (ctrlKey || metaKey || altKey || repeat) return;
    if (key === "p" || key === "P") set(!isOn());
    if (key === "Escape") set(false);
  });
  show();
}

function isOn(): boolean {
  return new URLSearchParams(location.search).has("present");
}

/** The query of the address with or without `present`. The rest of it stays. */
function searchWith(present: boolean): string {
  const others = location.search
    .slice(1)
    .split("&")
    .filter((part) => part !== "" && !/^present(=|$)/.test(part));
  return [...others, ...(present ? ["present"] : [])].join("&");
}
