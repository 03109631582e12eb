// What the page does by itself: a citation's number brings its source into view, and every quotation shows its mark.
() => {
  const reveal = () => {
    for (const mark of document.querySelectorAll(".wz-quote mark")) {
      const quote = mark.closest(".wz-quote");
      const line = parseFloat(getComputedStyle(quote).lineHeight);
      quote.scrollTop = Math.floor(mark.offsetTop / line - 1) * line;
    }
  };
  document.addEventListener("toggle", reveal, true);
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href*="#source-"]');
    const card = link && document.getElementById(link.hash.slice(1));
    if (!card) return;
    event.preventDefault();
    card.closest("details").open = true;
    reveal();
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "start" });
  });
  new MutationObserver(reveal).observe(document.getElementById("sources"), { childList: true, subtree: true });
}
