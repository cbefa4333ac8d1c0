namespace EventStore.EF.Faults;

internal sealed class KillSubscriber : KillFault
{
    public override string Name => "kill-subscriber";

    public override string Description => "SIGKILL of a process with subscriptions at a labelled point of delivery or checkpoint.";

    protected override IReadOnlyList<KillPoint> Points(Provider provider) => KillPoint.OfSubscribers(provider);

    protected override IReadOnlyList<WorkerProcess> Victims(Laboratory laboratory)
        => laboratory.Subscribers.Where(subscriber => subscriber.IsDelivering).ToArray() is { Length: > 0 } delivering ? delivering : laboratory.Subscribers;
}
