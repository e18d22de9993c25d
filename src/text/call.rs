//! The words of a call's page.

use super::Phrase;

phrases! {
    CALL: "Call", "Chiamata";
    DETAILS: "Details", "Dettagli";
    WHY: "Why it ended so", "Perché è finita così";
    PATH: "Way through the numbering plan", "Percorso nel piano di numerazione";
    PLACE: "Place", "Luogo";
    PHONES: "Phones that were rung", "Telefoni fatti squillare";
    PHONE: "Phone", "Telefono";
    RANG: "Rang", "Ha squillato";
    STATUS: "SIP status", "Stato SIP";
    QUALITY: "What was heard", "Che cosa si è sentito";
    QUALITY_HELP: "Of each party, as its sound reached the box.", "Di ogni parte, come il suo audio è arrivato al centralino.";
    HEARD: "Heard", "Sentito";
    HEARD_WELL: "well", "bene";
    HEARD_FAIRLY: "with gaps", "con interruzioni";
    HEARD_BADLY: "badly", "male";
    HEARD_NOTHING: "nothing came", "non è arrivato nulla";
    LOST: "Lost", "Persi";
    LOST_OF: "{}% of {} packets", "{}% di {} pacchetti";
    JITTER: "Jitter", "Jitter";
    MILLIS: "{} ms", "{} ms";
    NO_PHONES: "No phone was rung.", "Nessun telefono è stato fatto squillare.";
    ANSWERED_BY: "Answered by", "Ha risposto";
    VOICEMAIL_OF: "Voicemail box {}", "Casella vocale {}";
    MESSAGES: "SIP messages", "Messaggi SIP";
    MESSAGES_HELP: "Kept in memory for the newest calls only; a restart forgets them.",
        "Tenuti in memoria solo per le chiamate più recenti; un riavvio li dimentica.";
    NO_MESSAGES: "The messages of this call are no longer in memory.", "I messaggi di questa chiamata non sono più in memoria.";
    LADDER: "Diagram of the SIP messages between the phones and the box; the table below says the same.",
        "Diagramma dei messaggi SIP tra i telefoni e il centralino; la tabella sotto dice lo stesso.";
    BOX: "Box", "Centralino";
    AFTER: "After", "Dopo";
    FROM: "From", "Da";
    TO: "To", "A";
    MESSAGE: "Message", "Messaggio";
    REPEATED: "sent again", "ripetuto";
    WITH_SDP: "with media", "con audio";
    DOWNLOAD: "Download for Wireshark (pcap)", "Scarica per Wireshark (pcap)";
    NOT_PRIVATE: "The file would show outside numbers in full; a privacy officer can download it.",
        "Il file mostrerebbe i numeri esterni per intero; può scaricarlo un responsabile della privacy.";
    MORE_MESSAGES: "{} more messages are in the file.", "Altri {} messaggi sono nel file.";

    SEARCH_HINT: "Number or name", "Numero o nome";
    SINCE_DAY: "From", "Dal";
    UNTIL_DAY: "Until", "Al";
    EXTENSION: "Extension", "Interno";
    WAY: "Direction", "Direzione";
    WAY_IN: "from outside", "da fuori";
    WAY_OUT: "to the outside", "verso fuori";
    WAY_INSIDE: "inside", "interne";
    ANY: "all", "tutte";
    EXPORT: "Download as a table (CSV)", "Scarica come tabella (CSV)";
    NO_DAY: "\"{}\" is no day, such as 2026-11-25", "\"{}\" non è un giorno, come 2026-11-25";
    NO_SUCH_EXTENSION: "there is no extension {}", "non c'è nessun interno {}";
    NO_SUCH_OUTCOME: "\"{}\" is no outcome of calls", "\"{}\" non è un esito di chiamata";
    NO_SUCH_WAY: "\"{}\" is none of in, out, inside", "\"{}\" non è fra in, out, inside";

    // --- why ---
    WHY_ANSWERED: "It was answered.", "È stata accettata.";
    WHY_BUSY: "Whoever was called was talking, had reached a limit of calls, or declined.",
        "Chi è stato chiamato era occupato, aveva raggiunto il limite di chiamate o ha rifiutato.";
    WHY_NO_ANSWER: "It rang, and nobody answered in time.", "Ha squillato, ma nessuno ha risposto in tempo.";
    WHY_CANCELLED: "The caller hung up before anybody answered.", "Chi chiamava ha riagganciato prima della risposta.";
    WHY_UNREACHABLE: "No phone could be reached: none is registered, or none gave any sign of life.",
        "Nessun telefono raggiungibile: nessuno è registrato o nessuno ha dato segno di vita.";
    WHY_CODEC: "The phones have no codec in common that the settings allow.", "I telefoni non hanno un codec in comune permesso dalle impostazioni.";
    WHY_UNKNOWN: "Nobody has the number that was dialled.", "Nessuno ha il numero composto.";
    WHY_FORBIDDEN: "The caller may not call there.", "Chi chiamava non può chiamare quel numero.";
    WHY_LOOP: "It was sent from place to place, ten times, and came to no end.", "È passata da un luogo all'altro dieci volte senza arrivare.";
    WHY_FULL: "The box had no room for one more call.", "Il centralino non aveva posto per un'altra chiamata.";
    WHY_OTHER: "It ended with the status {}.", "È finita con lo stato {}.";
}
