# Process 1 of a slot: a container that runs one step after another.
#
# Each line of stdin is the nonce of a request, whose command is in /millrace/.start. The answer
# comes when no process of the step is left: a line of stdout, and the first of /millrace/.reply:
#
#   <nonce> <exit code> <oom kills before> <and after> <ns of cpu before> <and after> <what is left>
#
# Numbers are "-" where unknown; so is what is left where nothing is. The end of stdin ends all.
#
# For dash, bash and busybox ash, and of builtins only: an image need not have more than sh. Steps
# run in the foreground, because background jobs of a shell ignore SIGINT and SIGQUIT.

# Reads the cgroup's counters: version 2, or else 1.
millrace_count() {
  millrace_oom=- millrace_cpu=-
  if [ -r $millrace_cgroup/cpu.stat ]; then
    set -- $millrace_cgroup/memory.events $millrace_cgroup/cpu.stat
  else
    set -- $millrace_cgroup/memory/memory.oom_control $millrace_cgroup/cpuacct/cpuacct.usage
  fi
  for millrace_file in "$@"; do
    [ -r "$millrace_file" ] || continue
    while read -r millrace_key millrace_value; do
      case $millrace_key in
        oom_kill) millrace_oom=$millrace_value ;;
        usage_usec) millrace_cpu=${millrace_value}000 ;;
        [0-9]*) millrace_cpu=$millrace_key ;;
      esac
    done <"$millrace_file"
  done
}

# Kills until there is nothing left to kill. There is while zombies are: jobs reaps them, and
# unlike a subshell it needs no process, of which a fork bomb has left none.
millrace_kill() {
  while kill -9 -1; do
    jobs || command eval '(:)'
  done >/dev/null
}

# Finds what outlives processes, and is not in a directory that is emptied from outside.
millrace_inspect() {
  millrace_left=-
  for millrace_file in /dev/shm/* /dev/shm/.[!.]* /dev/shm/..?* /dev/mqueue/*; do
    if [ -e "$millrace_file" ] || [ -h "$millrace_file" ]; then
      millrace_left=shared-memory
    fi
  done
  for millrace_file in shm sem msg; do
    if [ -r /proc/sysvipc/$millrace_file ]; then
      {
        read -r millrace_key
        read -r millrace_key && millrace_left=sysvipc
      } </proc/sysvipc/$millrace_file
    fi
  done
  millrace_devices
  [ "$millrace_found" = "$millrace_expected" ] || millrace_left=devices
}

# Root owns /dev even without capabilities: many a program has replaced /dev/null by its output.
millrace_devices() {
  set -- /dev/* /dev/.[!.]* $millrace_cgroup/*
  millrace_found=$*
  for millrace_file in null zero full random urandom; do
    [ -c /dev/$millrace_file ] && [ -r /dev/$millrace_file ] && [ -w /dev/$millrace_file ] ||
      millrace_found=
  done
}

# Shells that are given their script as an argument would end by SIGINT, even as process 1.
trap : INT QUIT
millrace_cgroup=/sys/fs/cgroup
millrace_devices
millrace_expected=$millrace_found
millrace_count
echo ready
exec 2>/dev/null
while read -r millrace_nonce; do
  millrace_before="$millrace_oom $millrace_cpu"
  (. /millrace/.start) </dev/null >/dev/null
  millrace_code=$?
  millrace_kill
  millrace_count
  millrace_inspect
  set -- "$millrace_nonce" $millrace_code "${millrace_before% *}" "$millrace_oom" \
    "${millrace_before#* }" "$millrace_cpu" "$millrace_left"
  echo "$*" 1<>/millrace/.reply
  # A step may have written here too, and not to the end of a line.
  echo
  echo "$*"
done
