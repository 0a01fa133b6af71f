  var SLOW = 8000;
  var settings = JSON.parse(document.getElementById("settings").textContent);
  var button = document.getElementById("pay");
  var box = document.getElementById("card");
  var trouble = document.getElementById("trouble");
  var reload = document.getElementById("reload");
  var label = button.textContent;
  var submit = null, busy = false, told = false, patience = 0;

  function say(text) {
    trouble.textContent = text;
    trouble.hidden = !text;
    if (text) trouble.scrollIntoView({ block: "center" });
  }

  function lock(text) {
    busy = true;
    button.disabled = true;
    button.textContent = text;
  }

  function unlock(text) {
    clearTimeout(patience);
    busy = false;
    button.disabled = !submit;
    button.textContent = label;
    say(text);
  }

  function post(url) {
    var body = new FormData();
    if (settings.purchase) body.append("compra", settings.purchase);
    return fetch(url, { method: "POST", body: body });
  }

  // Whether it stands as this page shows it; else it leads on.
  function look(url) {
    return post(url).then(function (answer) {
      if (!answer.ok) throw new Error(answer.status);
      return answer.json();
    }).then(function (said) {
      if (said.ir) location.replace(said.ir);
      return !said.ir;
    });
  }

  function unsure() {
    say(settings.unsure);
    reload.hidden = false;
  }

  function unreachable() {
    if (submit || told) return;
    told = true;
    box.hidden = true;
    say(settings.unreachable);
    reload.hidden = false;
    post(settings.report_url).catch(function () {});
  }

  function ready(trigger) {
    submit = trigger;
    box.hidden = false;
    reload.hidden = true;
    box.removeAttribute("aria-busy");
    var wait = document.getElementById("wait");
    if (wait) wait.remove();
    if (!busy) unlock("");
  }

  function load() {
    var script = document.createElement("script");
    script.src = settings.script_url;
    script.async = true;
    script.onload = function () {
      try { show(); } catch (error) { unreachable(); }
    };
    script.onerror = unreachable;
    setTimeout(unreachable, SLOW);
    document.head.appendChild(script);
  }
