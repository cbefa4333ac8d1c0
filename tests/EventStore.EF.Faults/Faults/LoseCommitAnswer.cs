using EventStore.EF.TestDatabases;

namespace EventStore.EF.Faults;

internal sealed class LoseCommitAnswer : PostgreSqlFault
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public override string Name => "lose-commit-answer";

    public override string Description => "The server commits, and its answer never arrives: of an append, or of a transaction.";

    protected override async Task<string> StrikeAsync(PostgreSqlLaboratory laboratory, Random random, CancellationToken ct)
    {
        var victim = Any(random, laboratory.Workers);
        var message = victim.Settings.IsWriter && random.Next(2) == 0 ? "fault-written" : "COMMIT";
        var fault = Any(random, [MessageFault.DropAnswer, MessageFault.Silence]);
        var struck = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        foreach (var line in victim.Lines)
            line.Arm(fault, message, struck: () => struck.TrySetResult());

        try
        {
            await struck.Task.WaitAsync(Patience, TimeProvider.System, ct).ConfigureAwait(false);
            return $"{victim.Settings.Name}, {message}, {fault}";
        }
        catch (TimeoutException)
        {
            return $"{victim.Settings.Name} sent no {message}";
        }
        finally
        {
            foreach (var line in victim.Lines)
                line.Disarm();
        }
    }
}
