(function () {
  "use strict";
  var link = document.getElementById("bank");

  // In this page's place: Back from the bank leads to what stood before it.
  function leave() { location.replace(link.href); }

  var leaving = setTimeout(leave, link.dataset.seconds * 1000);
  link.addEventListener("click", function (event) {
    event.preventDefault();
    leave();
  });
  // A browser that puts the page aside would let the time run on when it brings it back.
  window.addEventListener("pagehide", function () { clearTimeout(leaving); });
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) location.reload();
  });
})();
