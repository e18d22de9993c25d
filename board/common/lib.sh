# Words that every script of the board shares. POSIX sh, run by busybox in the initramfs and on the running box. Sourced, never run.
# shellcheck shell=sh

say() { echo "trillo: $*"; }

parameter() { # KEY: prints the value of KEY=value on the kernel's command line, nothing if it is not there
    for word in $(cat /proc/cmdline); do
        case $word in "$1"=*) echo "${word#*=}" ;; esac
    done
}

# The kernel names disks as it finds them; the partition table names them for good. Waits up to 10 s for slow cards.
partition() { # NAME: prints the device of the partition with this GPT name
    tries=0
    while [ $tries -lt 200 ]; do
        for uevent in /sys/class/block/*/uevent; do
            if grep -q "^PARTNAME=$1\$" "$uevent" 2>/dev/null; then
                block=${uevent%/uevent}
                echo "/dev/${block##*/}"
                return 0
            fi
        done
        tries=$((tries + 1))
        sleep 0.05
    done
    return 1
}

disk_of() { # DEVICE of a partition: prints the disk's device
    # /sys/class/block/vda5 is a link to .../vda/vda5.
    whole=$(readlink -f "/sys/class/block/${1##*/}")
    whole=${whole%/*}
    echo "/dev/${whole##*/}"
}

number_of() { # DEVICE of a partition: prints its number
    cat "/sys/class/block/${1##*/}/partition"
}
