// What a desk keeps in its browser: reserved numbers, entries not yet handed in, drafts, a few facts.
"use strict";

const Shelf = (() => {
  const opening = new Promise((resolve, reject) => {
    const request = indexedDB.open("loket", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("numbers", { keyPath: "number" });
      request.result.createObjectStore("queue", { keyPath: "seq", autoIncrement: true });
      request.result.createObjectStore("drafts", { keyPath: "id" });
      request.result.createObjectStore("facts");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

  // Runs `work` in one transaction; answers once it is on disk.
  async function transact(stores, mode, work) {
    const base = await opening;
    return new Promise((resolve, reject) => {
      const transaction = base.transaction(stores, mode, { durability: "strict" });
      let result;
      transaction.oncomplete = () => resolve(result instanceof IDBRequest ? result.result : result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
      result = work(...stores.map((name) => transaction.objectStore(name)), (value) => { result = value; });
    });
  }

  return {
    all: (store) => transact([store], "readonly", (rows) => rows.getAll()),
    count: (store) => transact([store], "readonly", (rows) => rows.count()),
    put: (store, row) => transact([store], "readwrite", (rows) => rows.put(row)),
    drop: (store, key) => transact([store], "readwrite", (rows) => { rows.delete(key); }),
    fact: (name) => transact(["facts"], "readonly", (facts) => facts.get(name)),
    keep: (name, value) => transact(["facts"], "readwrite", (facts) => { facts.put(value, name); }),
    stock: (numbers) => transact(["numbers"], "readwrite", (rows) => { for (const one of numbers) rows.put(one); }),

    // Takes the next number (unless the entry has one, from a paper form), queues the entry and lets go of its draft:
    // all or nothing, so that two windows never give out the same number and no citizen is written down twice.
    file: (entry, draft) => transact(["numbers", "queue", "drafts"], "readwrite", (numbers, queue, drafts, give) => {
      const queued = (held) => {
        if (held) numbers.delete(held.number);
        const number = held?.number ?? entry.number ?? "";
        const id = number || `loket-${crypto.randomUUID()}`;
        const filed = { ...entry, id, number };
        queue.add({ entry: filed, state: "waiting", reason: "" });
        if (draft) drafts.delete(draft);
        give({ entry: filed, held });
      };
      const request = entry.number ? numbers.get(entry.number) : numbers.openCursor();
      request.onsuccess = () => queued(entry.number ? request.result : request.result?.value);
    }),
  };
})();
