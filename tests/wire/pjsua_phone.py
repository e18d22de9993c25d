"""A phone made of pjsua2, moved by lines on standard input, telling what happens in JSON lines on standard output.

    pjsua_phone.py USERNAME PASSWORD TRANSPORT ADDRESS BOX [PORT BOX-PORT]
    commands: call NUMBER | answer | refuse STATUS | hangup | hold | resume | play FILE | record FILE | quit
              transfer NUMBER | consult NUMBER, then bring: both others talk with each other
"""

import ctypes
import json
import os
import select
import sys

import pjsua2 as pj

username, password, transport, address, box = sys.argv[1:6]
port, box_port = [int(port) for port in sys.argv[6:8]] or (5060, 5060)
host = f"[{box}]" if ":" in box else box
if box_port != 5060:
    host += f":{box_port}"
suffix = "" if transport == "udp" else f";transport={transport}"


def tell(event, **more):
    print(json.dumps({"event": event, **more}), flush=True)


class Call(pj.Call):
    """One call; the phone has one, and while it consults a first one beside."""

    def __init__(self, account, number=pj.PJSUA_INVALID_ID):
        super().__init__(account, number)
        self.audio = self.player = self.recorder = None

    def onCallState(self, _):
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_EARLY and info.role == pj.PJSIP_ROLE_UAC:
            tell("ringing", status=info.lastStatusCode)
        elif info.state == pj.PJSIP_INV_STATE_CONFIRMED:
            tell("confirmed", remote=info.remoteUri)
        elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            tell("ended", status=info.lastStatusCode, reason=info.lastReason)
            if phone.call is self:
                phone.call = None
            if phone.first is self:
                phone.first = None
            # Destroyed later: pjsua2 must not lose players inside their own callback.
            phone.over.append(self)

    def onCallTransferStatus(self, news):
        if news.finalNotify:
            tell("transfer", status=news.statusCode)

    def onDtmfDigit(self, pressed):
        tell("digit", digit=pressed.digit)

    def onCallMediaState(self, _):
        info = self.getInfo()  # kept: its list of media dies with it
        for index, media in enumerate(info.media):
            if media.type == pj.PJMEDIA_TYPE_AUDIO and media.status == pj.PJSUA_CALL_MEDIA_ACTIVE:
                self.audio = self.getAudioMedia(index)
                stream = self.getStreamInfo(index)
                self.join()
                tell("media", codec=stream.codecName, remote=stream.remoteRtpAddress)
            elif media.type == pj.PJMEDIA_TYPE_AUDIO:
                tell("held", status=media.status)

    def join(self):
        if self.audio is not None and self.player is not None:
            self.player.startTransmit(self.audio)
        if self.audio is not None and self.recorder is not None:
            self.audio.startTransmit(self.recorder)

    def play(self, path):
        self.player = pj.AudioMediaPlayer()
        self.player.createPlayer(path, pj.PJMEDIA_FILE_NO_LOOP)
        self.join()

    def record(self, path):
        self.recorder = pj.AudioMediaRecorder()
        self.recorder.createRecorder(path)
        self.join()


class Account(pj.Account):
    def onRegState(self, state):
        tell("registered" if state.code == 200 and state.expiration > 0 else "registration_refused", status=state.code)

    def onIncomingCall(self, incoming):
        call = Call(self, incoming.callId)
        if phone.call:
            call.hangup(status(486))
            phone.over.append(call)
            return
        phone.call = call
        call.answer(status(180))
        info = call.getInfo()
        tell("incoming", remote=info.remoteUri)


def status(code):
    parameters = pj.CallOpParam(code == 0)
    parameters.statusCode = code
    return parameters


def keep_jitter_buffer(media):
    """A jitter buffer that keeps its length. One that adapts drops a frame twice a second while packets are late, and what was heard is to be
    compared with what was said. The binding has no name for the algorithm's values; 0 is PJMEDIA_JB_DISCARD_NONE."""
    media.jbInit = media.jbMinPre = media.jbMaxPre = 100
    media.jbMax = 500
    algorithm = media.jbDiscardAlgo
    ctypes.c_int.from_address(int(algorithm)).value = 0
    media.jbDiscardAlgo = algorithm


class Phone:
    call = first = None

    def __init__(self):
        self.over = []
        self.endpoint = pj.Endpoint()
        self.endpoint.libCreate()
        config = pj.EpConfig()
        config.uaConfig.threadCnt = 0
        config.uaConfig.mainThreadOnly = True
        config.logConfig.level = int(os.environ.get("PJSUA_LOG", "0"))
        config.logConfig.consoleLevel = 0
        config.logConfig.filename = os.environ.get("PJSUA_LOG_FILE", "")
        config.medConfig.noVad = True
        config.medConfig.ecTailLen = 0
        config.medConfig.clockRate = 8000
        keep_jitter_buffer(config.medConfig)
        self.endpoint.libInit(config)
        bound = pj.TransportConfig()
        bound.port, bound.boundAddress = port, address
        kind = getattr(pj, f"PJSIP_TRANSPORT_{transport.upper()}{'6' if ':' in address else ''}")
        self.endpoint.transportCreate(kind, bound)
        self.endpoint.libStart()
        self.endpoint.audDevManager().setNullDev()
        for codec in self.endpoint.codecEnum2():
            is_telephone = codec.codecId.lower().startswith(("pcma", "pcmu", "telephone"))
            self.endpoint.codecSetPriority(codec.codecId, 200 if is_telephone else 0)
        account = pj.AccountConfig()
        account.idUri = f'"Not {username}" <sip:{username}@{host}>'
        account.regConfig.registrarUri = f"sip:{host}{suffix}"
        account.regConfig.timeoutSec = 300
        account.regConfig.retryIntervalSec = 0
        account.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", username, 0, password))
        account.mediaConfig.transportConfig.boundAddress = address
        self.account = Account()
        self.account.create(account)

    def obey(self, line):
        word, _, rest = line.strip().partition(" ")
        if word == "call":
            self.call = Call(self.account)
            self.call.makeCall(f"sip:{rest}@{host}{suffix}", status(0))
        elif word == "quit":
            self.quit()
        elif self.call is None:
            tell("no_call", command=word)
        elif word in ("answer", "refuse"):
            self.call.answer(status(int(rest or 200)))
        elif word == "hangup":
            self.call.hangup(status(0))
        elif word == "press":
            self.call.dialDtmf(rest)
        elif word == "hold":
            self.call.setHold(status(0))
        elif word == "transfer":
            self.call.xfer(f"sip:{rest}@{host}{suffix}", status(0))
        elif word == "consult":
            self.first = self.call
            self.first.setHold(status(0))
            self.call = Call(self.account)
            self.call.makeCall(f"sip:{rest}@{host}{suffix}", status(0))
        elif word == "bring":
            self.first.xferReplaces(self.call, status(0))
        elif word == "resume":
            parameters = status(0)
            parameters.opt.flag = pj.PJSUA_CALL_UNHOLD
            self.call.reinvite(parameters)
        else:
            {"play": self.call.play, "record": self.call.record}[word](rest)

    def run(self):
        unread = b""
        while True:
            self.endpoint.libHandleEvents(5)
            for call in self.over:
                call.audio = call.player = call.recorder = None
            self.over.clear()
            if not select.select([0], [], [], 0)[0]:
                continue
            data = os.read(0, 4096)
            if not data:
                self.quit()
            unread += data
            *lines, unread = unread.split(b"\n")
            for line in lines:
                try:
                    self.obey(line.decode())
                except (pj.Error, AttributeError, KeyError, TypeError) as error:
                    tell("error", words=error.info() if isinstance(error, pj.Error) else repr(error))

    def quit(self):
        self.endpoint.hangupAllCalls()
        for _ in range(10):
            self.endpoint.libHandleEvents(20)
        self.account.setRegistration(False)
        for _ in range(15):
            self.endpoint.libHandleEvents(20)
        # The library aborts when it is taken down with players alive; there is nothing left to save.
        os._exit(0)


phone = Phone()
phone.run()
