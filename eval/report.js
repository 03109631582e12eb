// The page's filters, and opening the question that a link names. Without it the page shows everything.
const cards = [...document.querySelectorAll(".question")], form = document.querySelector("form"), by = form.elements;
const text = new Map(cards.map(card => [card, card.textContent.toLowerCase()]));
const filter = () => {
  for (const card of cards) card.hidden =
    by.failures.checked && card.dataset.right === "1" || by.language.value && card.dataset.lang !== by.language.value ||
    by.category.value && card.dataset.category !== by.category.value ||
    !text.get(card).includes(by.words.value.toLowerCase());
  by.shown.value = `${cards.filter(card => !card.hidden).length} of ${cards.length} shown`;
};
const reveal = () => {
  const card = document.getElementById(decodeURIComponent(location.hash.slice(1)))?.closest(".question");
  if (card) { card.hidden = false; card.open = true; card.scrollIntoView(); }
};
form.hidden = false;
form.addEventListener("input", filter);
form.addEventListener("submit", event => event.preventDefault());
by.all.addEventListener("click", () => {
  const shown = cards.filter(card => !card.hidden), open = shown.some(card => !card.open);
  for (const card of shown) card.open = open;
});
addEventListener("hashchange", reveal);
filter();
reveal();
