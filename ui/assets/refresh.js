// Asks for the page again after the seconds that <html data-refresh> says. Without script a page
// does so by itself.
(function () {
  var seconds = +document.documentElement.dataset.refresh;
  if (seconds) setTimeout(function () { location.reload(); }, seconds * 1000);
})();
