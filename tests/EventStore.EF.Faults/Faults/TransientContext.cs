namespace EventStore.EF.Faults;

internal sealed class TransientContext : Fault
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public override string Name => "transient-context";

    public override string Description => "Another process comes whose projection would write past the checkpoint's transaction; it must refuse to start.";

    public override Provider Providers => Provider.Both;

    public override async Task<string> StrikeAsync(Laboratory laboratory, Random random, CancellationToken ct)
    {
        var worker = laboratory.Misconfigured;
        worker.Build = Build.New;
        var starts = worker.Starts;
        worker.Start();
        try
        {
            await worker.RestartedAsync(starts + 1, ct).WaitAsync(Patience, TimeProvider.System, ct).ConfigureAwait(false);
            return worker.HasRefused ? "refused" : "could not start";
        }
        catch (TimeoutException)
        {
            await laboratory.Log.WriteAsync(new Misbehaved(HistoryLog.Now, worker.Settings.Name, "started although its projection's context is transient")).ConfigureAwait(false);
            return "started";
        }
        finally
        {
            await worker.EndAsync().ConfigureAwait(false);
        }
    }
}
