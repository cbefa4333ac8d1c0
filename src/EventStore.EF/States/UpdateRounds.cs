using EventStore.EF.Threading;

namespace EventStore.EF.States;

/// <summary>
/// Repeats an update that lost against other writers. After the first loss it takes turns with the other updates of this process; later
/// attempts also wait for growing delays. It tries at most <see cref="EventStoreOptions.MaxUpdateAttempts"/> times. No database lock is
/// held while the caller decides.
/// </summary>
internal sealed class UpdateRounds(EventStoreOptions options, TimeProvider time)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(4);

    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(500);

    private readonly UpdateTurns _turns = new(time);

    /// <param name="stream">The stream.</param>
    /// <param name="attempt">Decides on the newest state and appends.</param>
    /// <param name="ct">Cancels waiting.</param>
    /// <exception cref="UpdateConflictException">All attempts lost against other writers.</exception>
    public async Task<TResult> RunAsync<TResult>(
        StreamName stream, Func<CancellationToken, Task<UpdateAttempt<TResult>>> attempt, CancellationToken ct)
    {
        // An update that arrives while others take turns joins them; otherwise it would only take the stream from the one whose turn it is.
        var turn = _turns.IsTaken(stream) ? await _turns.TakeAsync(stream, ct).ConfigureAwait(false) : null;
        try
        {
            for (var number = 1; ; number++)
            {
                var (result, lost) = await attempt(ct).ConfigureAwait(false);
                if (lost is null)
                    return result;

                if (number >= options.MaxUpdateAttempts)
                    throw new UpdateConflictException(stream, number, lost);

                // During its turn, only plain appends and other processes can be faster.
                if (turn is null)
                    turn = await _turns.TakeAsync(stream, ct).ConfigureAwait(false);
                else
                    await Task.Delay(Backoff.Delay(number, FirstDelay, LongestDelay), time, ct).ConfigureAwait(false);
            }
        }
        finally
        {
            turn?.Dispose();
        }
    }
}

/// <summary>The outcome of one attempt to update a stream.</summary>
/// <param name="Result">What was written, unless another writer was faster.</param>
/// <param name="Lost">The conflict, if another writer was faster.</param>
internal readonly record struct UpdateAttempt<TResult>(TResult Result, WrongExpectedVersionException? Lost);
