"""What goes over the cable to a phone, for a phone that can't be asked what it heard."""

import array
import socket
import threading
import wave

ETH_P_IP = 0x0800


def expand_a(code):
    """ITU-T G.711, A-law."""
    code ^= 0x55
    step, segment = (code & 15) << 4, code >> 4 & 7
    value = step + 8 if segment == 0 else step + 0x108 << segment - 1
    return value if code & 0x80 else -value


def expand_mu(code):
    """ITU-T G.711, mu-law."""
    code = ~code & 0xFF
    value = (((code & 15) << 3) + 0x84 << (code >> 4 & 7)) - 0x84
    return -value if code & 0x80 else value


EXPAND = {0: [expand_mu(code) for code in range(256)], 8: [expand_a(code) for code in range(256)]}


class Capture:
    """Writes the G.711 speech that is sent to a range of ports into a WAV; use as `with`."""

    def __init__(self, ports, path):
        self.ports, self.path = ports, path
        self.speech, self.is_over = array.array("h"), False

    def __enter__(self):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IP))
        self.socket.settimeout(0.1)
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()
        return self

    def _read(self):
        while not self.is_over:
            try:
                packet = self.socket.recv(65536)
            except TimeoutError:
                continue
            datagram = packet[(packet[0] & 15) * 4 :]
            # Byte 9 is the protocol, 17 is UDP; then 8 bytes of UDP, and RTP with version 2.
            is_rtp = packet[9] == 17 and len(datagram) > 8 + 12 and datagram[8] >> 6 == 2
            if not is_rtp or int.from_bytes(datagram[2:4], "big") not in self.ports:
                continue
            expand = EXPAND.get(datagram[9] & 127)
            if expand:
                self.speech.extend(expand[code] for code in datagram[20:])

    def __exit__(self, *_):
        self.is_over = True
        self.thread.join()
        self.socket.close()
        with wave.open(self.path, "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            file.writeframes(self.speech.tobytes())
