  // The form of `Integration`: it charges the order by itself, and runs 3DS in a frame of its own.
  var checkout = asked.get("checkout"), charges = "charges?checkout=" + encodeURIComponent(checkout);
  var english = document.documentElement.lang === "en";

  function ask(method, body) {
    return fetch(charges, { method: method, body: body && JSON.stringify(body) }).then(function (answer) {
      return answer.json();
    });
  }

  function follow(said) {
    if (said.status === "pending_payment" && said.challenge) return challenge(said.challenge);
    if (said.status === "paid") return tell({ form: "paid", said: said });
    tell({ form: said.status === "declined" ? "declined" : "error", said: said });
  }

  function challenge(url) {
    var bank = document.createElement("iframe");
    bank.id = "bank";
    bank.title = english ? "Your bank" : "Tu banco";
    bank.src = url;
    bank.style.cssText = "width:100%;min-height:26rem;border:0";
    document.getElementById("form").hidden = true;
    document.querySelector("main").appendChild(bank);
    var waiting = setInterval(function () {
      ask("GET").then(function (said) {
        if (said.status === "pending_payment") return;
        clearInterval(waiting);
        bank.remove();
        document.getElementById("form").hidden = false;
        follow(said);
      }).catch(function () {});
    }, 300);
  }

  function charge(body) {
    ask("POST", body).then(follow).catch(function () { tell({ form: "error", said: {} }); });
  }

  function wallet(name) {
    var pay = document.createElement("button");
    pay.type = "button";
    pay.id = name;
    pay.textContent = name === "apple" ? "Apple Pay" : "Google Pay";
    pay.style.cssText = "width:100%;min-height:3.25rem;margin:0 0 1rem;font:inherit";
    pay.addEventListener("click", function () { charge({ wallet: name }); });
    document.getElementById("form").append(pay);
  }

  if (checkout) {
    new ResizeObserver(function () {
      tell({ height: document.documentElement.scrollHeight });
    }).observe(document.body);
    send = function () { charge({ number: number.value.replace(/[^0-9]/g, ""), name: holder.value }); };
    begin = function () {
      ask("GET").then(function (said) {
        (said.wallets || []).forEach(wallet);
        tell({ form: "ready" });
        // Who comes back in the middle of it goes on there.
        if (said.status === "paid" || said.challenge) follow(said);
      });
    };
  }
