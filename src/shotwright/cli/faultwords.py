"""The language of faults, as the help of `shotwright emulate` shows it."""

FAULTS = """Faults, separated by commas: FAULT[=VALUE][@OPERATION][*TIMES or %PERCENT]
  429  429=2             too many requests; with Retry-After: 2
  error=503              a 5xx before the job is accepted
  error-after=502        a 5xx though it was accepted
  drop  drop-after       the connection ends before, or after, it was accepted
  hang=5  slow=2         no answer for 5 s; an answer that drips for 2 s
  garbage  html          a body that is none; what was asked for is done all
  empty  huge            the same
  no=policy              refused at once: policy, invalid, credentials, quota,
                         retired or busy
  fail=policy            accepted, refused later: policy, invalid or vendor
  no-file  lag=2         done without a result; done 2 s later than said
  status=dreaming        a status word that no documentation has
  truncate  expire       half of the clip; a link that is over
  forget  restart        this job, or every job, is not known any more
Operations: submit, check, fetch, cancel, find, upload, other.
While it runs:  curl -X PUT -d '429%10' ADDRESS/_faults    curl ADDRESS/_bill"""
