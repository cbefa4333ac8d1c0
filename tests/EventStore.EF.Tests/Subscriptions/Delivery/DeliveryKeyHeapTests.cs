using CsCheck;
using EventStore.EF.Subscriptions.Delivery;

namespace EventStore.EF.Tests.Subscriptions.Delivery;

public class DeliveryKeyHeapTests
{
    [Fact]
    public void The_first_key_is_the_one_whose_event_waits_longest_whichever_keys_leave()
        => Gen.Select(Gen.Int[0, 2], Gen.Int[1, 1000]).List[1, 200].Sample(steps =>
        {
            var heap = new DeliveryKeyHeap();
            var keys = new SortedList<long, DeliveryKey>();
            foreach (var (action, place) in steps)
            {
                if (action > 0 && !keys.ContainsKey(place))
                {
                    var key = new DeliveryKey($"{place}");
                    key.Waiting.Append(new(Delivered.Item(place)));
                    heap.Add(key);
                    keys.Add(place, key);
                }
                else if (action == 0 && keys.Count > 0)
                {
                    var leaving = keys.Values[place % keys.Count];
                    heap.Remove(leaving);
                    keys.RemoveAt(place % keys.Count);
                    Assert.Null(leaving.Heap);
                }

                Assert.Equal(keys.Values.FirstOrDefault(), heap.First);
            }

            for (; keys.Count > 0; keys.RemoveAt(0))
            {
                Assert.Equal(keys.Values[0], heap.First);
                heap.Remove(keys.Values[0]);
            }

            Assert.Null(heap.First);
        }, iter: 1000);
}
