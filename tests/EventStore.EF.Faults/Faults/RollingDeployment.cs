namespace EventStore.EF.Faults;

internal sealed class RollingDeployment : Fault
{
    public override string Name => "rolling-deployment";

    public override string Description =>
        "The processes with subscriptions go back to an old build, whose classes don't handle an event that is written, and to the new one; parked events are replayed on the way.";

    public override Provider Providers => Provider.Both;

    public override bool IsAlone => true;

    public override bool IsLong => true;

    public override async Task<string> StrikeAsync(Laboratory laboratory, Random random, CancellationToken ct)
    {
        var subscribers = laboratory.Subscribers.ToArray();
        random.Shuffle(subscribers);
        foreach (var subscriber in subscribers)
            await DeployAsync(subscriber, Build.Old, random, ct).ConfigureAwait(false);

        await laboratory.ReplayParkedAsync(ct).ConfigureAwait(false);
        foreach (var subscriber in subscribers)
        {
            await DeployAsync(subscriber, Build.New, random, ct).ConfigureAwait(false);

            // The new events are written as soon as a process of the new build runs, and not before.
            foreach (var writer in laboratory.Writers)
            {
                writer.HasNewEvents = true;
                writer.Order("new-events");
            }

            // An instance that is still of the old build is started again in the middle.
            if (random.Next(2) == 0 && Array.Find(subscribers, other => other.Build is Build.Old) is { } old)
                await DeployAsync(old, Build.Old, random, ct).ConfigureAwait(false);
        }

        await laboratory.ReplayParkedAsync(ct).ConfigureAwait(false);
        return string.Join(", ", subscribers.Select(subscriber => subscriber.Settings.Name));
    }

    private static async Task DeployAsync(WorkerProcess subscriber, Build build, Random random, CancellationToken ct)
    {
        await Laboratory.RestartAsync(subscriber, build, ct).ConfigureAwait(false);
        await subscriber.WorksAsync(ct).ConfigureAwait(false);
        await LastAsync(Between(random, 0, 1), ct).ConfigureAwait(false);
    }
}
