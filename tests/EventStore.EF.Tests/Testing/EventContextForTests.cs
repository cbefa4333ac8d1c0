using System.Text;

namespace EventStore.EF.Tests.Testing;

public sealed class EventContextForTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 4, 14, 0, 0, TimeSpan.FromHours(2));

    [Fact]
    public void A_context_needs_no_more_than_the_event()
    {
        var sent = new Sent("Ada");
        var context = EventContext.For(sent);

        Assert.Same(sent, context.Event.Data);
        Assert.Equal(("test-1", 1, 1, 1, "test", 1), (
            context.StreamName.Value, context.StreamVersion, context.Position, context.Event.Number, context.Subscription.Value, context.Attempt));
        Assert.Equal(("tested-sent", 1, DateTimeOffset.UnixEpoch), (context.Event.EventType, context.Event.SchemaVersion, context.CreatedAt));
        Assert.Equal("""{"to":"Ada"}""", Encoding.UTF8.GetString(context.Event.Payload.Span));
        Assert.NotEqual(Guid.Empty, context.Event.EventId);
        Assert.Empty(context.Event.Metadata);
    }

    [Fact]
    public void Everything_else_may_be_given()
    {
        var given = new NewEvent(new Sent("Ada"))
        {
            Metadata = new() { ["by"] = "Ada" },
            CorrelationId = Guid.CreateVersion7(),
            CausationId = Guid.CreateVersion7(),
        };
        var context = EventContext.For(given, "parcel-7", version: 9, Now, "parcels", attempt: 2);

        Assert.Same(given.Data, context.Event.As<Sent>());
        Assert.Equal(
            (given.EventId, given.CorrelationId, given.CausationId, "Ada"),
            (context.Event.EventId, context.Event.CorrelationId, context.Event.CausationId, context.Event.Metadata["by"]));
        Assert.Equal(("parcel-7", 9, 9, "parcels", 2), (
            context.StreamName.Value, context.StreamVersion, context.Position, context.Subscription.Value, context.Attempt));
        Assert.Equal((Now, TimeSpan.Zero), (context.CreatedAt, context.CreatedAt.Offset));
    }

    [Fact]
    public void An_old_version_is_read_as_the_newest_beside_what_is_stored()
    {
        var stored = EventContext.For(new WeighedV1(4)).Event;

        Assert.Equal((1, new Weighed(2)), (stored.SchemaVersion, stored.As<Weighed>()));
    }

    [Fact]
    public void An_event_that_the_application_serializes_has_no_payload()
    {
        var packed = new Packed(new object());

        Assert.Same(packed, EventContext.For(packed).Event.Data);
        Assert.True(EventContext.For(packed).Event.Payload.IsEmpty);
    }

    [Fact]
    public void What_no_store_would_store_is_refused()
    {
        Assert.Throws<EventNotRegisteredException>(() => EventContext.For("text"));
        Assert.Throws<ArgumentNullException>(() => EventContext.For(null!));
        Assert.Throws<ArgumentOutOfRangeException>("version", () => EventContext.For(new Sent("Ada"), version: 0));
        Assert.Throws<ArgumentOutOfRangeException>("attempt", () => EventContext.For(new Sent("Ada"), attempt: 0));
        Assert.Throws<ArgumentException>(() => EventContext.For(new Sent("Ada"), "$all"));
        Assert.Throws<EventSerializationException>(() => EventContext.For(new Sent("\ud800")));
    }
}
