namespace EventStore.EF.Faults;

/// <summary>Ends a process by SIGKILL at a labelled point, in turn, so that a long enough run has each of them.</summary>
internal abstract class KillFault : Fault
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private int _next;

    public sealed override Provider Providers => Provider.Both;

    protected abstract IReadOnlyList<KillPoint> Points(Provider provider);

    protected abstract IReadOnlyList<WorkerProcess> Victims(Laboratory laboratory);

    public sealed override async Task<string> StrikeAsync(Laboratory laboratory, Random random, CancellationToken ct)
    {
        var victim = Any(random, Victims(laboratory));
        var points = Points(victim.Settings.Provider);
        var point = points[_next++ % points.Count];
        var starts = victim.Starts;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Patience);
        Arm(victim, point, random);
        try
        {
            await victim.RestartedAsync(starts, limit.Token).ConfigureAwait(false);
            return $"{victim.Settings.Name} at '{point.Label}'";
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // A stand-by has no checkpoints to write, for example.
            victim.Kill();
            await victim.RestartedAsync(starts, ct).ConfigureAwait(false);
            return $"{victim.Settings.Name} anywhere, for it did not come to '{point.Label}'";
        }
        finally
        {
            foreach (var line in victim.Lines)
                line.Disarm();
        }
    }

    private static void Arm(WorkerProcess victim, KillPoint point, Random random)
    {
        if (point.Order is { } order)
            victim.Order($"{order} {random.Next(1, 10)}");

        foreach (var line in point.Message is null ? [] : victim.Lines)
            line.Arm(point.When, point.Message!, struck: victim.Kill);
    }
}
