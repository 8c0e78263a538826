// Lets the phone keep the schedule and the card for when there is no network.
if ('serviceWorker' in navigator) {
  var base = document.currentScript.dataset.base;
  navigator.serviceWorker.register(base + '/sw.js', { scope: base + '/' }).catch(function () {});
}
