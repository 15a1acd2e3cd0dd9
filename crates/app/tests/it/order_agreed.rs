//! What an order freezes: the service's own promises, in the way it was bought.

use app::market::catalogue::Catalogue;
use app::market::order::{self, Placing, Snapshot};
use domain::market::catalogue::Text;
use privacy::purpose::Browse;
use testkit::both_dbs;
use uuid::Uuid;

use crate::order::{Scene, scene, system};

/// The snapshot of an order of this service, bought this way.
async fn agreed(scene: &Scene, service: Uuid, sku: usize, key: u128) -> Snapshot {
    let placing = Placing {
        service,
        sku,
        request_key: Uuid::from_u128(key),
        note: "",
        acting: None,
        approval: None,
    };
    let buyer = &scene.buyer;
    let placed = order::place(&scene.app, &scene.ctx(buyer), buyer, &scene.catalogue, placing).await;
    scene
        .view(buyer, &placed.expect("placed"))
        .await
        .expect("view")
        .snapshot
}

fn named(catalogue: &Catalogue, zh: &str) -> Uuid {
    let mut all = catalogue.favourites(usize::MAX);
    all.find(|service| service.zh == zh).expect("a service").id
}

both_dbs! {
    what_is_frozen_is_the_chosen_services_own_and_the_chosen_ways(test) {
        let scene = scene(test).await;
        let service = named(&scene.catalogue, "股权变更");
        let usual = agreed(&scene, service, 0, 1).await;
        let express = agreed(&scene, service, 1, 2).await;
        assert_eq!((usual.days, express.days), (15, 10));
        assert!(usual.deliverables.iter().any(|text| text.zh.contains("股权转让协议") && text.en.contains("Transfer agreement")));
        assert!(usual.acceptance.iter().any(|text| text.zh.contains("持股比例")));
        assert!(!usual.after_sales.is_empty());
        let category = scene.catalogue.category("gongshang-biangeng").expect("a category");
        assert_ne!(usual.deliverables, category.content.deliverables);
        // A way to buy that gives more says so in the order.
        let (plain, more) = (agreed(&scene, scene.service, 0, 3).await, agreed(&scene, scene.service, 1, 4).await);
        let (last, rest) = more.deliverables.split_last().expect("deliverables");
        assert_eq!(rest, plain.deliverables);
        assert!(last.zh.contains("分地对账单"));
    }

    an_order_placed_when_texts_were_chinese_alone_is_read(test) {
        let scene = scene(test).await;
        let number = scene.place_as(&scene.buyer, 0, 1).await.expect("placed");
        let old = r#"{"service_zh":"社保代缴","service_en":"","supplier_zh":"众禾","supplier_en":"","sku_zh":"标准版","sku_en":"","service_fee":4000,"official_fee":0,"days":30,"acceptance":["甲","乙"],"deliverables":["丙"]}"#;
        test.tamper(&format!("UPDATE service_order SET snapshot = '{old}' WHERE number = '{number}'")).await;
        let view = scene.view(&scene.buyer, &number).await.expect("view");
        assert_eq!(view.snapshot.acceptance, [Text::new("甲", ""), Text::new("乙", "")]);
        assert_eq!(view.snapshot.deliverables, [Text::new("丙", "")]);
        assert!(view.snapshot.after_sales.is_empty());
        assert_eq!(view.order.milestones[0].acceptance_items, 2);
    }

    only_a_suppliers_members_work_for_it(test) {
        let scene = scene(test).await;
        let supplier = scene.catalogue.service(scene.service).expect("a service").supplier;
        let ctx = system::<Browse>(&scene.app);
        for (viewer, expected) in [(&scene.seller, true), (&scene.buyer, false), (&scene.stranger, false)] {
            let works = order::works_for(&scene.app, &ctx, viewer, supplier).await;
            assert_eq!(works.expect("an answer"), expected);
        }
    }
}
