using CsCheck;

namespace EventStore.EF.Faults;

/// <summary>Makes events.</summary>
internal static class FuzzedEvents
{
    /// <summary>Any, also ones that can't be written.</summary>
    public static Gen<Fuzzed> Any { get; } = Of(Nasty.Text, Gen.Double);

    /// <summary>Only ones that can be written.</summary>
    public static Gen<Fuzzed> Writable { get; } = Of(Nasty.WellFormedText, Gen.Double.Where(double.IsFinite));

    private static Gen<Fuzzed> Of(Gen<string> text, Gen<double> real) =>
        from plain in text
        from optional in text.Null()
        from numbers in Gen.Select(Gen.Long, real, Gen.Decimal)
        from rest in Gen.Select(Gen.Guid, Gen.DateTimeOffset, text.Array[0, 4], Gen.Dictionary(text, Gen.Long)[0, 3], Gen.Byte.Array[0, 20])
        from part in Gen.Select(text, Gen.Bool, Gen.Enum<DayOfWeek>(), (name, flag, day) => new FuzzedPart(name, flag, day)).Null()
        select new Fuzzed(plain, optional, numbers.Item1, numbers.Item2, numbers.Item3, rest.Item1, rest.Item2, rest.Item3, rest.Item4, rest.Item5, part);
}
