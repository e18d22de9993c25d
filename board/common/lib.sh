# Words that every script of the board shares. POSIX sh, run by busybox in the initramfs and on the running box. Sourced, never run.
# shellcheck shell=sh

say() { echo "trillo: $*"; }

parameter() { # KEY: prints the value of KEY=value on the kernel's command line, nothing if it is not there
    read -r words </proc/cmdline
    for word in $words; do
        case $word in "$1"=*) echo "${word#*=}" ;; esac
    done
}

# The kernel names disks as it finds them; the partition table names them for good. Waits up to 10 s for slow cards.
partition() { # NAME: prints the device of the partition with this GPT name
    tries=0
    while [ $tries -lt 200 ]; do
        for uevent in /sys/class/block/*/uevent; do
            # A program for each line of each disk would be a good part of the start on a small processor; the shell reads them itself.
            while read -r line; do
                [ "$line" = "PARTNAME=$1" ] || continue
                block=${uevent%/uevent}
                echo "/dev/${block##*/}"
                return 0
            done <"$uevent"
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
