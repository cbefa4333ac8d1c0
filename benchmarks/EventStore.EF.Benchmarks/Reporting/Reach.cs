using System.Globalization;

namespace EventStore.EF.Benchmarks;

/// <summary>What a figure is meant to reach.</summary>
/// <param name="Limit">The limit, itself included.</param>
/// <param name="IsLeast">Whether it is the least rather than the most.</param>
/// <param name="IsOfRatio">Whether the ratio to the floor is meant, rather than the store's own value.</param>
internal sealed record Reach(double Limit, bool IsLeast, bool IsOfRatio)
{
    public static Reach RatioAtLeast(double limit) => new(limit, IsLeast: true, IsOfRatio: true);

    public static Reach RatioAtMost(double limit) => new(limit, IsLeast: false, IsOfRatio: true);

    public static Reach AtMost(double limit) => new(limit, IsLeast: false, IsOfRatio: false);

    public bool IsMetBy(Figure figure)
    {
        var value = IsOfRatio ? figure.Ratio ?? double.NaN : figure.Store;
        return IsLeast ? value >= Limit : value <= Limit;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(IsLeast ? '≥' : '≤')} {Limit}");
}
