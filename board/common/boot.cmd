# What U-Boot does: picks the slot, takes one of its tries, starts it. Compiled to boot.scr; the same for each board.
# State (drawn in docs/box.md): two CRC copies on the raw partition `state`, the older one written, so a power cut loses nothing.
# Numbers are hex, as setexpr and itest read them. @INTERFACE@ is the command that reads the disk raw: virtio or mmc.
setenv prefer a; setenv left_a 3; setenv left_b 3; setenv seq 0; setenv next 0
setenv dev ${devtype} ${devnum}:${distro_bootpart}
setexpr second ${scriptaddr} + 0x8000
setexpr buffer ${scriptaddr} + 0x10000
part start ${devtype} ${devnum} state at0
setexpr at1 ${at0} + 400
for i in 0 1; do
  if test ${i} = 0; then setenv at ${at0}; else setenv at ${at1}; fi
  setenv o_prefer ${prefer}; setenv o_a ${left_a}; setenv o_b ${left_b}; setenv o_seq ${seq}
  if @INTERFACE@ read ${buffer} ${at} 8 && env import -c ${buffer} 1000 prefer left_a left_b seq; then
    if itest 0x${seq} -ge 0x${o_seq}; then
      if test ${i} = 0; then setenv next 1; else setenv next 0; fi
    else setenv prefer ${o_prefer}; setenv left_a ${o_a}; setenv left_b ${o_b}; setenv seq ${o_seq}; fi
  else echo "boot: copy ${i} of the state is not readable, the other counts"; fi
done

setenv slot ${prefer}; setenv safe
if test "${prefer}" = a; then setenv other b; setenv left ${left_a}; setenv left_other ${left_b}
else setenv other a; setenv left ${left_b}; setenv left_other ${left_a}; fi
if itest 0x${left} -eq 0; then
  if itest 0x${left_other} -eq 0; then echo "boot: both slots failed, safe mode"; setenv safe "trillo.safe=1"
  else echo "boot: slot ${slot} failed, taking slot ${other}"; setenv slot ${other}; setenv other ${prefer}; fi
fi

setenv take '
if test "${slot}" = a; then if itest 0x${left_a} -gt 0; then setexpr left_a ${left_a} - 1; fi
else if itest 0x${left_b} -gt 0; then setexpr left_b ${left_b} - 1; fi; fi
setexpr seq ${seq} + 1
if test ${next} = 0; then setenv at ${at0}; setenv next 1; else setenv at ${at1}; setenv next 0; fi
env export -c -s 1000 ${buffer} prefer left_a left_b seq
@INTERFACE@ write ${buffer} ${at} 8 && @INTERFACE@ read ${second} ${at} 8 && cmp.b ${buffer} ${second} 1000 || echo "boot: the try could not be noted"
'
# extra.env is the owner'"'"'s (or image/run'"'"'s): extra=words for the kernel'"'"'s command line.
setenv start '
setenv cmdline; setenv extra
if load ${dev} ${buffer} extra.env; then env import -t ${buffer} ${filesize} extra; fi
if load ${dev} ${buffer} ${slot}/boot.env; then
env import -t ${buffer} ${filesize} cmdline
setenv bootargs ${cmdline} trillo.slot=${slot} ${safe} ${extra}
echo "boot: slot ${slot}, tries left a=${left_a} b=${left_b}"
load ${dev} ${kernel_addr_r} ${slot}/Image.gz && load ${dev} ${ramdisk_addr_r} ${slot}/initrd && booti ${kernel_addr_r} ${ramdisk_addr_r}:${filesize} ${fdt_addr}
fi
'
setenv kernel_comp_addr_r 0x50000000; setenv kernel_comp_size 0x2800000
run take; run start
# booti comes back only if it could not: kernel or initrd are missing or damaged.
echo "boot: slot ${slot} cannot be loaded, trying slot ${other}"
setenv slot ${other}
run take; run start
echo "boot: no slot can be loaded"
sleep 5
reset
