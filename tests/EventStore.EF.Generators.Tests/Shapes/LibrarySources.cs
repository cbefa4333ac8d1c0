namespace EventStore.EF.Generators.Tests.Shapes;

/// <summary>A library of value types such as code bases reference: its types hide their state.</summary>
internal static class LibrarySources
{
    public const string Clocks = """
        namespace Clocks;

        public readonly struct Moment : IEquatable<Moment>
        {
            private readonly long _ticks;
            private Moment(long ticks) => _ticks = ticks;
            public static Moment FromTicks(long ticks) => new(ticks);
            public long ToTicks() => _ticks;
            public bool Equals(Moment other) => other._ticks == _ticks;
        }

        public sealed class Calendar
        {
            private Calendar(string id) => Id = id;
            public static Calendar Iso { get; } = new("ISO");
            public string Id { get; }
            public int Eras => 2;
        }

        public readonly struct CivilDate
        {
            private readonly int _value;
            public CivilDate(int year, int month, int day) => _value = (year * 10000) + (month * 100) + day;
            public CivilDate(int year, int dayOfYear) => _value = (year * 10000) + dayOfYear;
            public int Year => _value / 10000;
            public int Month => _value / 100 % 100;
            public int Day => _value % 100;
            public Calendar Calendar => Calendar.Iso;
        }

        public sealed class Zone
        {
            private readonly string _id;
            private Zone(string id) => _id = id;
            public static Zone Of(string id) => new(id);
            public override string ToString() => _id;
            public string Describe() => _id;
        }

        public sealed class Span
        {
            public Span(CivilDate from, CivilDate to) => (From, To) = (from, to);
            public CivilDate From { get; }
            public CivilDate To { get; }
        }

        public sealed record Money(decimal Amount, string Currency);

        public readonly record struct Percentage(decimal Value);

        public class Stamped
        {
            public Guid Id { get; set; }
            public DateTime At { get; private set; } = DateTime.UnixEpoch;
            public void Touch(DateTime at) => At = at;
        }

        public abstract class Message
        {
            protected Message(Guid id) => Id = id;
            public Guid Id { get; }
        }

        public sealed class Counter
        {
            private int _count;
            public int Start { get; set; }
            public void Increment() => _count++;
            public int Total() => Start + _count;
        }

        public sealed record Nothing;

        public readonly struct OneOf<T0, T1>
        {
            private readonly T0? _value0;
            private readonly T1? _value1;
            private readonly int _index;
            private OneOf(int index, T0? value0, T1? value1) => (_index, _value0, _value1) = (index, value0, value1);
            public static OneOf<T0, T1> Of0(T0 value) => new(0, value, default);
            public static OneOf<T0, T1> Of1(T1 value) => new(1, default, value);
            public object? Value => _index == 0 ? _value0 : _value1;
            public int Index => _index;
        }
        """;
}
