// Puts the value of a box (data-copy is its id) where it can be pasted from. Without script, or where
// the browser refuses, the box is selected for copying by hand.
document.querySelectorAll('button[data-copy]').forEach(function (button) {
  var box = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener('click', function () {
    function done() { button.textContent = button.dataset.copied; }
    box.focus();
    box.select();
    if (navigator.clipboard) {
      navigator.clipboard.writeText(box.value).then(done, function () {});
    } else if (document.execCommand('copy')) {
      done();
    }
  });
});
