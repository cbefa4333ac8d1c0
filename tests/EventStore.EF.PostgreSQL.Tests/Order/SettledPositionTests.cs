using EventStore.EF.PostgreSQL.Order;

namespace EventStore.EF.PostgreSQL.Tests.Order;

/// <summary>The proof alone, look by look; see <see cref="CommitOrderTests"/> for the server's part.</summary>
public sealed class SettledPositionTests : IDisposable
{
    private readonly SettledPosition _settled = new(TimeProvider.System);

    [Fact]
    public void Without_holders_everything_visible_is_settled_at_once()
    {
        Assert.True(Take(10));
        Assert.Equal(10, _settled.Capture().Position);
    }

    [Fact]
    public void A_holder_of_the_first_look_holds_everything_back_until_it_is_gone()
    {
        Assert.False(Take(10, ("3/1", 100)));
        Assert.False(Take(12, ("3/1", 100), ("4/7", 200)));
        Assert.Equal(0, _settled.Capture().Position);

        Assert.True(Take(14, ("4/7", 200)));
        Assert.Equal(10, _settled.Capture().Position);
    }

    [Fact]
    public void A_later_holder_never_prolongs_a_proof()
    {
        Assert.False(Take(10, ("3/1", 100)));
        Assert.True(Take(99, ("5/1", 300)));
        Assert.Equal(10, _settled.Capture().Position);
    }

    [Fact]
    public void The_same_backend_with_its_next_transaction_is_another_holder()
    {
        Assert.False(Take(10, ("3/1", 100)));
        Assert.True(Take(11, ("3/2", 100)));
    }

    [Fact]
    public void A_prepared_transaction_counts_as_an_old_holder_in_whichever_look_it_appears()
    {
        Assert.False(Take(10, ("3/1", 100)));
        Assert.False(Take(10, ("-1/771", null)));
        Assert.Equal(0, _settled.Capture().Position);
        Assert.True(Take(10));
    }

    [Fact]
    public void What_was_captured_before_all_was_forgotten_is_void()
    {
        Assert.True(Take(10));
        var captured = _settled.Capture();
        _settled.Forget();

        Assert.False(_settled.IsValid(captured, "server"));
        Assert.Equal(0, _settled.Capture().Position);
        _settled.RaiseTo(captured, 20);
        Assert.Equal(0, _settled.Capture().Position);
    }

    [Fact]
    public void Another_server_s_answer_voids_everything()
    {
        Assert.True(Take(10));
        var captured = _settled.Capture();

        Assert.False(_settled.IsValid(captured, "promoted"));
        Assert.Equal(0, _settled.Capture().Position);
        Assert.True(_settled.IsValid(_settled.Capture(), "promoted"));
    }

    [Fact]
    public void The_settled_position_never_goes_back()
    {
        Assert.True(Take(10));
        _settled.RaiseTo(_settled.Capture(), 7);
        Assert.Equal(10, _settled.Capture().Position);
    }

    public void Dispose() => _settled.Dispose();

    private bool Take(long highest, params (string VirtualTransaction, int? Pid)[] holders)
        => _settled.Take(
            new("server", highest, [.. holders.Select(holder => new LockHolder(holder.VirtualTransaction, holder.Pid))]), _settled.Capture());
}
