# Undoes what a laboratory has made, when this script's standard input ends. That is the signal because it comes however the laboratory
# ends, also by SIGKILL. Each line is a command; they run in reverse order. Ctrl+C is for the laboratory, not for this.
trap '' HUP INT TERM
undo=
while IFS= read -r line; do
    undo="$line
$undo"
done

eval "$undo"
